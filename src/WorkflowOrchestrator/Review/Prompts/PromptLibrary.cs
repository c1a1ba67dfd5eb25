using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using OpenSpec.Editing;
using Workflow.Hosting;

namespace Workflow.Review.Prompts;

/// <summary>The static part of a call: role, rules, form of the answer, examples. The same bytes in every call, so that a server's prompt cache holds it.</summary>
/// <param name="Name">File name without extension.</param>
/// <param name="Text">The text with LF line ends.</param>
/// <param name="Hash">SHA-256 of the text: the version of the prompt.</param>
internal sealed record Prompt(string Name, string Text, string Hash);

/// <summary>
/// The prompts: embedded, from <c>config/prompts</c> of this project. A file of the same name in the folder of <c>review.prompts_path</c> takes the place
/// of an embedded one. No other folder is looked at: the repository that is served may not bring its own.
/// </summary>
internal sealed class PromptLibrary(OrchestratorSettings settings)
{
    /// <summary>Longer files are no prompts.</summary>
    private const int MaxBytes = 64 * 1024;

    public const string SectionReview = "review-section";
    public const string Restate = "restate-requirement";
    public const string DraftBlock = "draft-block";
    public const string CheckBlock = "check-block";
    public const string ReviewCode = "review-code";
    public const string ExplainInsights = "explain-insights";

    public static readonly IReadOnlyList<string> Names = [SectionReview, Restate, DraftBlock, CheckBlock, ReviewCode, ExplainInsights];

    private readonly ConcurrentDictionary<string, Prompt> _prompts = new(StringComparer.Ordinal);

    /// <summary>A prompt, as it was when it was first asked for: a changed file counts from the next start.</summary>
    public Prompt Get(string name) => _prompts.GetOrAdd(name, Load);

    private Prompt Load(string name)
    {
        var text = (FromFolder(name) ?? Embedded(name)).ReplaceLineEndings("\n");
        return new Prompt(name, text, TextEdits.Hash(text));
    }

    private string? FromFolder(string name)
    {
        if (settings.Review.PromptsPath.Length == 0)
            return null;
        var file = new FileInfo(Path.Combine(settings.Review.PromptsPath, name + ".md"));
        return file is { Exists: true, Length: <= MaxBytes } ? File.ReadAllText(file.FullName, Encoding.UTF8) : null;
    }

    private static string Embedded(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"prompts/{name}.md")
            ?? throw new ArgumentException($"There is no prompt {name}.", nameof(name));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
