namespace OpenSpec.Validation;

/// <summary>Collects the issues of one item; the level comes from the rule.</summary>
internal sealed class IssueList
{
    private readonly List<ValidationIssue> _issues = [];

    public IReadOnlyList<ValidationIssue> Items => _issues;

    public void Add(string rule, string path, int? line, string message, string? file = null, string? requirement = null, int? sourceLine = null) =>
        _issues.Add(new(rule, RuleTable.Get(rule).Level, path, line, message) { File = file, Requirement = requirement, SourceLine = line ?? sourceLine });

    public bool HasErrorAt(string path) => _issues.Exists(i => i.Level == IssueLevel.Error && i.Path == path);
}
