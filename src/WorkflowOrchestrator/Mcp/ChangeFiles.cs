using OpenSpec;
using Workflow.Changes;
using Workflow.Hosting;

namespace Workflow.Mcp;

/// <summary>The documents of changes as they are on disk. Nothing outside a change's folder is ever seen: no links, no '..'.</summary>
internal sealed class ChangeFiles(Repository repository, OrchestratorSettings settings)
{
    private const int MaxDepth = 16;

    private readonly OpenSpecFolder _folder = new(repository.OpenSpecDirectory, (int)Math.Min(settings.Connection.MaxFileBytes, int.MaxValue - 1));

    /// <summary>Paths inside the change's folder, sorted; none when the change is gone.</summary>
    public IReadOnlyList<string> Paths(ChangeId change)
    {
        List<string> found = [];
        Collect(change, "", 0, found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>The bytes of a document; null when there is none. More than <see cref="MaxBytes"/> bytes mean that it is too large to be read whole.</summary>
    public ReadOnlyMemory<byte>? Read(ChangeId change, string path) => _folder.Read(InFolder(change, path));

    public long MaxBytes => settings.Connection.MaxFileBytes;

    private void Collect(ChangeId change, string path, int depth, List<string> found)
    {
        if (depth > MaxDepth)
            return;
        foreach (var entry in _folder.List(InFolder(change, path)))
        {
            var inside = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (entry.Kind == OpenSpecEntryKind.File)
                found.Add(inside);
            else if (entry.Kind == OpenSpecEntryKind.Directory)
                Collect(change, inside, depth + 1, found);
        }
    }

    private string InFolder(ChangeId change, string path)
    {
        var folder = $"{Path.GetFileName(repository.ChangesFolder)}/{change}";
        return path.Length == 0 ? folder : $"{folder}/{path}";
    }
}
