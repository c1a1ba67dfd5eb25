using System.CommandLine;
using Workflow.Documents.Git;
using Workflow.Hosting;

namespace Workflow.Commands.Demo;

/// <summary><c>wo demo create DIR</c>: makes the demo's git repository, for <c>start-all.sh --demo</c>; <c>wo demo load</c>: see <see cref="DemoLoad"/>.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan GitTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "A folder that does not exist yet." };
        var create = new Command("create", "Make a small git repository with one change in it. Example: wo demo create /tmp/shop") { folder };
        create.SetAction((result, cancellationToken) => CreateAsync(Path.GetFullPath(result.GetValue(folder)!), cancellationToken));
        return new Command("demo", "The demo repository. Example: wo demo create /tmp/shop") { create, DemoLoad.Create() };
    }

    private static async Task<int> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) || File.Exists(folder))
        {
            Console.Error.WriteLine($"{folder} exists already; name a folder that does not.");
            return ExitCodes.Failed;
        }

        DemoRepository.Write(folder);
        var git = new GitCommand(folder, GitTimeout);
        IReadOnlyList<string>[] commands =
        [
            ["init", "--quiet", "--initial-branch=main"],
            ["config", "user.name", "Demo"],
            ["config", "user.email", "demo@example.invalid"],
            ["config", "commit.gpgsign", "false"],
            ["add", "--all"],
            ["commit", "--quiet", "-m", "A bookshop, and a change that adds search filters"],
        ];
        foreach (var arguments in commands)
        {
            var outcome = await git.WriteAsync(cancellationToken, arguments);
            if (outcome.ExitCode == 0)
                continue;
            Console.Error.WriteLine($"git {arguments[0]} failed: {outcome.Error}");
            return ExitCodes.Failed;
        }

        return ExitCodes.Done;
    }
}
