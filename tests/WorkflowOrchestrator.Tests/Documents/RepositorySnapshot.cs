using System.Text;
using Workflow.Changes;

namespace Workflow.Tests.Documents;

/// <summary>Everything in a repository that an update has no business with, as text to compare: other files, index entries, stash, refs, marks of operations.</summary>
internal static class RepositorySnapshot
{
    private static readonly string[] s_marks = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG", "index.lock", "HEAD.lock", "packed-refs.lock", "rebase-merge", "rebase-apply"];

    /// <summary>All but the update's own documents, the branch that a commit moves, and what hooks of the tests write (<c>hook-*.txt</c>).</summary>
    /// <param name="room">The repository.</param>
    /// <param name="neighbour">Folder of a repository that hangs together with it: main work tree, superproject.</param>
    public static async Task<string> TakeAsync(DocumentRoom room, string? neighbour = null)
    {
        var own = new[] { "proposal.md", "review.md", "specs/export/spec.md" }.Select(path => "openspec/changes/add-export/" + path).ToArray();
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(room.Repository.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(room.Repository.Root, file);
            if (path != ".git" && !path.StartsWith(".git/", StringComparison.Ordinal) && !path.Contains("/.git/", StringComparison.Ordinal) && !path.StartsWith("hook-", StringComparison.Ordinal) && !own.Contains(path))
                text.Append(path).Append(' ').Append(RevisionHasher.HashDocument(await File.ReadAllBytesAsync(file))).Append('\n');
        }

        foreach (var line in (await room.GitAsync("ls-files", "-s", "-z")).Split('\0'))
        {
            if (!own.Any(path => line.EndsWith("\t" + path, StringComparison.Ordinal)))
                text.Append(line).Append('\n');
        }

        text.Append((await room.TryGitAsync("stash", "list", "--format=%H")).Output);
        var branch = (await room.TryGitAsync("symbolic-ref", "-q", "HEAD")).Output.Trim();
        text.Append("HEAD ").Append(branch).Append('\n');
        foreach (var line in (await room.GitAsync("for-each-ref", "--format=%(refname) %(objectname)")).Split('\n'))
        {
            if (branch.Length == 0 || !line.StartsWith(branch + " ", StringComparison.Ordinal))
                text.Append(line).Append('\n');
        }

        var git = (await room.GitAsync("rev-parse", "--absolute-git-dir")).Trim();
        foreach (var mark in s_marks)
            text.Append(Path.Exists(Path.Combine(git, mark)) ? mark + "\n" : "");
        if (neighbour is not null)
            text.Append(await room.GitAsync("-C", neighbour, "ls-files", "-s")).Append(await room.GitAsync("-C", neighbour, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD"));
        return text.ToString();
    }
}
