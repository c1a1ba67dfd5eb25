namespace Workflow.Documents.Git;

/// <summary>Places around the commit where a test can stop the process.</summary>
internal static class GitFailpoints
{
    public const string BeforeCommit = "documents.before-commit";
    public const string AfterCommit = "documents.after-commit";
}
