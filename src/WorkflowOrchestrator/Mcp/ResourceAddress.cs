using Workflow.Changes;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>What can be read, by address.</summary>
internal abstract record ResourceAddress
{
    /// <summary>Address of the newest questions.</summary>
    public const string AllQuestions = "questions://all";

    public const string QuestionTemplate = "question://{id}";

    public const string DocumentTemplate = "openspec://changes/{id}/{path}";

    private const string QuestionScheme = "question://";
    private const string DocumentPrefix = "openspec://changes/";

    private ResourceAddress()
    {
    }

    /// <summary>The newest questions.</summary>
    public sealed record QuestionsAddress : ResourceAddress
    {
        public override string ToString() => AllQuestions;
    }

    /// <summary>One question with its answers.</summary>
    public sealed record QuestionAddress(QuestionId Id) : ResourceAddress
    {
        public override string ToString() => QuestionScheme + Id;
    }

    /// <summary>A document of a change.</summary>
    /// <param name="Change">The change.</param>
    /// <param name="Path">Path inside the change's folder, with '/'.</param>
    public sealed record DocumentAddress(ChangeId Change, string Path) : ResourceAddress
    {
        public override string ToString() => Under(Change) + string.Join('/', Path.Split('/').Select(Uri.EscapeDataString));
    }

    /// <summary>What all addresses of a change's documents begin with.</summary>
    public static string Under(ChangeId change) => $"{DocumentPrefix}{Uri.EscapeDataString(change.Value)}/";

    /// <summary>Whether this is the address of a document, existing or not.</summary>
    public static bool IsOfDocument(string uri) => uri.StartsWith("openspec:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address. A path may be given with its slashes, or with <c>%2F</c> in their place, as RFC 6570 expands the template. Null for what is none.</summary>
    public static ResourceAddress? Parse(string uri)
    {
        if (uri == AllQuestions)
            return new QuestionsAddress();
        if (uri.StartsWith(QuestionScheme, StringComparison.Ordinal))
            return QuestionId.TryParse(uri[QuestionScheme.Length..], out var question) ? new QuestionAddress(question) : null;
        if (!uri.StartsWith(DocumentPrefix, StringComparison.Ordinal))
            return null;
        var rest = uri[DocumentPrefix.Length..];
        var slash = rest.IndexOf('/');
        return slash > 0 && slash < rest.Length - 1 && ChangeId.TryParse(Uri.UnescapeDataString(rest[..slash]), out var change)
            ? new DocumentAddress(change, Uri.UnescapeDataString(rest[(slash + 1)..]))
            : null;
    }
}
