using OpenSpec.Documents;

namespace OpenSpec.Validation;

/// <summary>What is validated.</summary>
public enum ItemType
{
    /// <summary>A change.</summary>
    Change,

    /// <summary>A main spec.</summary>
    Spec,
}

/// <summary>How much an issue weighs.</summary>
public enum IssueLevel
{
    /// <summary>The item is invalid.</summary>
    Error,

    /// <summary>The item is invalid in strict mode.</summary>
    Warning,

    /// <summary>Never makes an item invalid. "Archive would refuse" (rule C12) is of this level, although it blocks archiving.</summary>
    Info,
}

/// <summary>One finding of validation.</summary>
/// <param name="Rule">Rule id, such as <c>C7</c> (see <see cref="RuleTable"/>).</param>
/// <param name="Level">Its level.</param>
/// <param name="Path">Where, in OpenSpec's own notation: a file relative to the change's <c>specs/</c>, or a place such as <c>requirements[0].scenarios</c>, or <c>file</c>.</param>
/// <param name="Line">1-based line; null when the rule names none.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ValidationIssue(string Rule, IssueLevel Level, string Path, int? Line, string Message)
{
    /// <summary>The file that the issue is about, relative to the <c>openspec</c> folder; null when it is about the item as a whole.</summary>
    public string? File { get; init; }

    /// <summary>The requirement that the issue is about; null when it is about none.</summary>
    public string? Requirement { get; init; }

    /// <summary>1-based line in <see cref="File"/> to look at, also for the many rules whose <see cref="Line"/> the original leaves out; null when there is none.</summary>
    public int? SourceLine { get; init; }
}

/// <summary>The verdict on one change or spec.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Id">Change id or capability path.</param>
/// <param name="Valid">Verdict without strict mode: no error.</param>
/// <param name="StrictValid">Verdict in strict mode: no error and no warning.</param>
/// <param name="Issues">The issues in the order of the original command line.</param>
public sealed record ItemReport(ItemType Type, string Id, bool Valid, bool StrictValid, IReadOnlyList<ValidationIssue> Issues)
{
    /// <summary>Faults of the files themselves. They do not change the verdict, which is that of the original command line.</summary>
    public IReadOnlyList<DocumentFault> Faults { get; init; } = [];

    /// <summary>Whether archiving would be refused (rule C12), which the verdict does not say.</summary>
    public bool ArchiveWouldRefuse => Issues.Any(i => i.Rule == "C12");

    /// <summary>
    /// The verdict by the rules of an older version of OpenSpec: rules that it did not have are left out, others have the level of that time. How an
    /// older version read the documents (fences, byte order marks, nested folders) is not imitated.
    /// </summary>
    /// <param name="version">Version of OpenSpec, such as 1.8.0.</param>
    public ItemReport AsOf(Version version)
    {
        var issues = new List<ValidationIssue>(Issues.Count);
        foreach (var issue in Issues)
        {
            if (RuleTable.Get(issue.Rule).LevelIn(version) is { } level)
                issues.Add(issue with { Level = level });
        }

        return Create(Type, Id, issues, Faults);
    }

    internal static ItemReport Create(ItemType type, string id, IReadOnlyList<ValidationIssue> issues, IReadOnlyList<DocumentFault> faults)
    {
        var errors = issues.Any(i => i.Level == IssueLevel.Error);
        return new(type, id, !errors, !errors && !issues.Any(i => i.Level == IssueLevel.Warning), issues) { Faults = faults };
    }
}
