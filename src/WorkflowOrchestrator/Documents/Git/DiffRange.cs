using System.Text.RegularExpressions;

namespace Workflow.Documents.Git;

/// <summary>Reads the diff of a range. Only looks; a range can be no option.</summary>
internal sealed partial class DiffRange(string folder, TimeSpan timeout)
{
    private readonly GitCommand _git = new(folder, timeout);

    /// <summary>The unified diff, or why there is none.</summary>
    public async Task<(string? Diff, string? Why)> ReadAsync(string range, CancellationToken cancellationToken)
    {
        if (!Range().IsMatch(range))
            return (null, $"'{(range.Length > 80 ? range[..80] : range)}' is no range of commits. Write for example main...HEAD or HEAD~3.");
        try
        {
            var result = await _git.ReadAsync(cancellationToken, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=3", "--end-of-options", range, "--");
            if (result is not { ExitCode: 0, TimedOut: false })
                return (null, result.TimedOut ? "git diff took too long" : result.Error.Trim().Split('\n')[0]);
            return result.Truncated ? (null, "the diff is longer than 4 MB: give a smaller range") : (result.Output, null);
        }
        catch (GitUnavailableException error)
        {
            return (null, error.Message);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._/~^@{}+-]{0,250}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Range();
}
