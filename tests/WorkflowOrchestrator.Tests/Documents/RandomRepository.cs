namespace Workflow.Tests.Documents;

/// <summary>
/// A repository in a state that a random number generator chose: its kind (branch, detached, unborn, linked worktree, submodule, with a submodule in it), what a
/// person has dirty, staged, renamed or stashed, an operation or a lock in the middle of which it is, and hooks that pass, fail, hang or edit.
/// </summary>
internal sealed class RandomRepository : IAsyncDisposable
{
    private static readonly string[] s_kinds = ["branch", "branch", "detached", "unborn", "worktree", "is-submodule", "has-submodule"];
    private static readonly string[] s_operations = ["merge", "rebase", "cherry-pick", "revert", "bisect", "am", "lock"];
    private static readonly string[] s_hooks = ["pass", "fail", "hang", "edit", "edit-other"];

    private readonly string _folder;
    private readonly Random _random;
    private readonly List<string> _traits = [];

    private RandomRepository(string folder, Random random)
    {
        _folder = folder;
        _random = random;
    }

    /// <summary>What the state is made of, in words.</summary>
    public IReadOnlyList<string> Traits => _traits;

    /// <summary>The room around the repository.</summary>
    public DocumentRoom Room { get; private set; } = null!;

    /// <summary>Folder of the main work tree or superproject; null when there is none.</summary>
    public string? Neighbour { get; private set; }

    /// <summary>A repository with a few commits, to copy.</summary>
    public static async Task<string> MakeTemplateAsync()
    {
        await using var room = DocumentRoom.Open(Directory.CreateTempSubdirectory("wo-docs-").FullName);
        await room.InitGitAsync();
        for (var i = 0; i < 4; i++)
            await File.WriteAllTextAsync(Path.Combine(room.Repository.Root, $"file{i}.txt"), "one\ntwo\nthree\n");
        await room.GitAsync("add", ".");
        await room.GitAsync("commit", "-q", "-m", "files");
        return room.Folder;
    }

    /// <summary>Makes the repository.</summary>
    /// <param name="template">Folder of <see cref="MakeTemplateAsync"/>.</param>
    /// <param name="seed">The same number makes the same repository.</param>
    public static async Task<RandomRepository> CreateAsync(string template, int seed)
    {
        var repository = new RandomRepository(Directory.CreateTempSubdirectory("wo-docs-").FullName, new Random(seed));
        await repository.MakeAsync(Path.Combine(template, "repo"));
        return repository;
    }

    public ValueTask DisposeAsync() => Room.DisposeAsync();

    private async Task MakeAsync(string template)
    {
        var kind = Choose(s_kinds);
        _traits.Add(kind);
        var hook = _random.Next(3) == 0 ? Choose(s_hooks) : null;
        await MakeKindAsync(kind, template);
        Room = DocumentRoom.Open(_folder, keep: false, new() { ["document_updates.git_timeout"] = hook == "hang" ? "1" : "20" });
        Room.Write("proposal.md", DocumentRoom.Proposal);
        Room.Write("specs/export/spec.md", DocumentRoom.Delta);
        if (kind is "unborn")
        {
            await Room.InitGitAsync(withCommit: false);
            for (var i = 0; i < 4; i++)
                await File.WriteAllTextAsync(At($"file{i}.txt"), "one\ntwo\nthree\n");
            await Room.GitAsync("add", "file3.txt");
        }

        if (kind is "detached")
            await Room.GitAsync("checkout", "-q", "--detach");
        if (kind is not "unborn" && _random.Next(2) == 0)
        {
            _traits.Add("change-committed");
            await Room.GitAsync("add", "openspec");
            await Room.GitAsync("commit", "-q", "-m", "change");
        }

        await DisturbAsync(kind);
        if (hook is not null)
            await AddHookAsync(hook);
    }

    private async Task MakeKindAsync(string kind, string template)
    {
        var repo = Path.Combine(_folder, "repo");
        switch (kind)
        {
            case "unborn":
                break;
            case "worktree":
                Neighbour = Path.Combine(_folder, "main");
                await RunAsync("cp", "-a", template, Neighbour);
                await RunAsync("git", "-C", Neighbour, "worktree", "add", "-q", "-b", "linked", repo);
                break;
            case "is-submodule":
                Neighbour = _folder;
                await RunAsync("git", "init", "-q", "-b", "main", _folder);
                await AddSubmoduleAsync(_folder, template, "repo");
                await ConfigureAsync(repo);
                break;
            case "has-submodule":
                await RunAsync("cp", "-a", template, repo);
                await AddSubmoduleAsync(repo, template, "lib");
                await File.AppendAllTextAsync(Path.Combine(repo, "lib", "file0.txt"), "dirty inside\n");
                break;
            default:
                await RunAsync("cp", "-a", template, repo);
                break;
        }
    }

    private async Task DisturbAsync(string kind)
    {
        if (kind is not "unborn" && _random.Next(3) == 0)
        {
            _traits.Add("stash");
            await File.AppendAllTextAsync(At("file3.txt"), "stashed\n");
            await Room.GitAsync("stash", "push", "-q", "file3.txt");
        }

        var operation = _random.Next(3) == 0 ? Choose(s_operations) : null;
        if (kind is "unborn" && operation is not "lock")
            operation = null;
        if (operation is not null and not "lock")
            await GitStates.EnterAsync(Room, operation);
        for (var i = 0; i < 3; i++)
            await DirtyAsync(canRename: operation is null or "lock" or "bisect");
        if (operation == "lock")
            await GitStates.EnterAsync(Room, operation);
        if (operation is not null)
            _traits.Add(operation);
    }

    private async Task DirtyAsync(bool canRename)
    {
        switch (_random.Next(7))
        {
            case 0:
                _traits.Add("dirty");
                await File.AppendAllTextAsync(At("file0.txt"), "dirty\n");
                break;
            case 1:
                _traits.Add("staged");
                await File.AppendAllTextAsync(At("file1.txt"), "staged\n");
                await Room.GitAsync("add", "file1.txt");
                break;
            case 2:
                _traits.Add("half-staged");
                await File.AppendAllTextAsync(At("file2.txt"), "staged\n");
                await Room.GitAsync("add", "file2.txt");
                await File.AppendAllTextAsync(At("file2.txt"), "not staged\n");
                break;
            case 3 when canRename && File.Exists(At("file3.txt")):
                _traits.Add("renamed");
                await Room.GitAsync("mv", "file3.txt", "file4.txt");
                break;
            case 4:
                _traits.Add("untracked");
                await File.WriteAllTextAsync(At("untracked.txt"), "mine\n");
                break;
            case 5:
                _traits.Add("intent-to-add");
                await File.WriteAllTextAsync(At("intent.txt"), "mine\n");
                await Room.GitAsync("add", "-N", "intent.txt");
                break;
            default:
                _traits.Add("document-staged");
                await Room.TryGitAsync("add", "openspec/changes/add-export/proposal.md");
                break;
        }
    }

    private async Task AddHookAsync(string hook)
    {
        _traits.Add("hook-" + hook);
        var folder = (await Room.GitAsync("rev-parse", "--path-format=absolute", "--git-path", "hooks")).Trim();
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "pre-commit");
        await File.WriteAllTextAsync(file, "#!/bin/sh\n" + hook switch
        {
            "pass" => "exit 0\n",
            "fail" => "echo not today >&2; exit 1\n",
            "hang" => "sleep 300\n",
            "edit" => "for f in $(git diff --cached --name-only --diff-filter=AM | grep proposal.md); do printf '\\n' >> $f; git add $f; done\n", // as formatters do
            "edit-other" => "echo ran >> hook-log.txt\n",
            _ => throw new ArgumentException(hook, nameof(hook)),
        });
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    private static async Task AddSubmoduleAsync(string into, string source, string path)
    {
        await ConfigureAsync(into);
        await RunAsync("git", "-C", into, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, path);
        await RunAsync("git", "-C", into, "commit", "-q", "-m", "submodule");
    }

    private static async Task ConfigureAsync(string repository)
    {
        await File.AppendAllTextAsync(
            (await RunAsync("git", "-C", repository, "rev-parse", "--path-format=absolute", "--git-path", "config")).Trim(),
            "[user]\n\tname = A Person\n\temail = person@example.org\n[commit]\n\tgpgsign = false\n");
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await Platform.Processes.ChildProcess.RunAsync(new(program, arguments, Path.GetTempPath(), TimeSpan.FromSeconds(60)), CancellationToken.None);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}{result.Output}");
        return result.Output;
    }

    private string Choose(string[] from) => from[_random.Next(from.Length)];

    private string At(string name) => Path.Combine(Room.Repository.Root, name);
}
