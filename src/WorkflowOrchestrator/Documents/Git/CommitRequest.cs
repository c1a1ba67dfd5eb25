using System.Text;
using Workflow.Changes;

namespace Workflow.Documents.Git;

/// <summary>The commit of one update, or of several of one revision: exactly these paths, with the trailers that say where it came from.</summary>
/// <param name="Updates">Ids of the updates: the values of the trailers by which the commit is found again.</param>
/// <param name="Paths">Absolute paths of the updates' documents.</param>
internal sealed record CommitRequest(IReadOnlyList<string> Updates, ChangeId Change, RevisionHash Revision, string Reason, IReadOnlyList<string> Models, IReadOnlyList<string> QuestionIds, IReadOnlyList<string> Paths)
{
    public const string UpdateTrailer = "Workflow-Update";

    private const int SubjectLength = 72;

    /// <summary>Subject, body when the reason is long, trailers. Nothing of what it is made from can add a line, so none can forge a trailer.</summary>
    public string Message()
    {
        var reason = OneLine(Reason);
        var subject = $"{OneLine(Change.Value)}: {reason}";
        var message = new StringBuilder(subject.Length <= SubjectLength ? subject : Shorten(subject));
        if (subject.Length > SubjectLength)
            message.Append("\n\n").Append(reason);
        message.Append('\n');
        foreach (var update in Updates)
            message.Append('\n').Append(UpdateTrailer).Append(": ").Append(update);
        message.Append("\nWorkflow-Change: ").Append(OneLine(Change.Value))
            .Append("\nWorkflow-Revision: ").Append(Revision.Value);
        foreach (var question in QuestionIds)
            message.Append("\nWorkflow-Question: ").Append(OneLine(question));
        foreach (var model in Models.Distinct(StringComparer.Ordinal))
            message.Append("\nWorkflow-Model: ").Append(OneLine(model));
        return message.Append('\n').ToString();
    }

    /// <summary>Whether a commit object is the one that was asked for: it has the trailer of every update.</summary>
    public bool IsMessageOf(byte[] commit)
    {
        var lines = Encoding.UTF8.GetString(commit).Split('\n');
        return Updates.All(update => lines.Contains($"{UpdateTrailer}: {update}", StringComparer.Ordinal));
    }

    private static string Shorten(string subject)
    {
        var end = subject.LastIndexOf(' ', SubjectLength - 1);
        return subject[..(end > SubjectLength / 2 ? end : SubjectLength - 1)].TrimEnd(',', ';', ':') + "…";
    }

    private static string OneLine(string text) =>
        string.Join(' ', new string(text.Select(c => char.IsControl(c) ? ' ' : c).ToArray()).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>What came of committing.</summary>
internal abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>The commit exists (made now, or found by its trailer).</summary>
    /// <param name="Hash">Its full hash.</param>
    /// <param name="Note">What is not in it; null when all is.</param>
    internal sealed record Committed(string Hash, string? Note = null) : CommitOutcome;

    /// <summary>Not now: something is in progress. Try again later.</summary>
    internal sealed record MustWait(string Why, string Remedy) : CommitOutcome;

    /// <summary>Not at all; the documents stay written.</summary>
    /// <param name="Remedy">What a person can do about it; null when it is as it should be.</param>
    internal sealed record NotCommitted(string Why, string? Remedy) : CommitOutcome;

    /// <summary>git refused (a hook, signing, disk): worth a few attempts.</summary>
    internal sealed record Failed(string Why, string Remedy) : CommitOutcome;
}
