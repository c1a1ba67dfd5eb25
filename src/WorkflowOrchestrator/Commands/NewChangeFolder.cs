using System.Globalization;
using System.Text;
using OpenSpec;
using Platform.Files;
using Workflow.Changes;

namespace Workflow.Commands;

/// <summary>
/// Puts the folder of a new change in its place, whole or not at all: it is written and flushed beside <c>changes/</c>, where nothing looks for changes, and
/// moved by one rename, which fails when the name is taken. So no watcher sees half a change and nothing is ever overwritten.
/// </summary>
internal static class NewChangeFolder
{
    /// <summary>Creates the folder.</summary>
    /// <param name="openspec">Full path of the <c>openspec</c> folder.</param>
    /// <param name="id">Change id.</param>
    /// <param name="files">Path relative to <paramref name="openspec"/> to text; all below <c>changes/ID/</c>.</param>
    /// <returns>Why it was not created; null when it was.</returns>
    /// <exception cref="IOException">The disk is full or broken; nothing is left.</exception>
    public static string? Create(string openspec, string id, IReadOnlyDictionary<string, string> files)
    {
        var changes = Path.Join(openspec, "changes");
        if (FileKind.Of(changes) is { } kind and not OpenSpecEntryKind.Directory)
            return $"{changes} is no folder but a {kind.ToString().ToLowerInvariant()}; nothing is written through it.";
        var (target, mark) = (Path.Join(changes, id), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        var staged = Path.Join(openspec, $".{id}.wo-{mark}.tmp");
        try
        {
            foreach (var (path, text) in files)
            {
                var file = Path.Join(staged, path[$"changes/{id}/".Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                if (!AtomicFile.Write(file, Encoding.UTF8.GetBytes(text), mark, static existing => existing is null))
                    throw new IOException($"{file} is in the way.");
            }

            Directory.CreateDirectory(changes);
            if (Path.Exists(target) || FileKind.Of(target) is not null)
                return $"There is {target} already; it is left as it is.";
            Directory.Move(staged, target);
            AtomicFile.FlushFolder(changes);
            return null;
        }
        finally
        {
            if (Directory.Exists(staged))
                Directory.Delete(staged, recursive: true);
        }
    }
}
