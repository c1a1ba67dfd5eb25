using OpenSpec.Documents;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Whether an update would make its change touch a requirement that another open change touches too: OpenSpec validates each change alone and says nothing, and
/// archiving one would make the other fail, or undo it.
/// </summary>
internal sealed class OpenChangeOverlap(Repository repository)
{
    private const int MaxDocumentBytes = 4 * 1024 * 1024;

    /// <summary>What it would make inconsistent, for people; null when nothing.</summary>
    public string? Find(ChangeId change, PreparedUpdate update)
    {
        foreach (var file in update.Files.Where(file => file.Path.Value.StartsWith("specs/", StringComparison.Ordinal) && file.TextAfter is not null))
        {
            var newlyTouched = Touched(file.TextAfter!).Except(Touched(file.TextBefore ?? ""), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
            if (newlyTouched.Count == 0)
                continue;
            foreach (var other in OtherChanges(change))
            {
                if (Read(other, file.Path) is { } text && Touched(text).FirstOrDefault(newlyTouched.Contains) is { } name)
                    return $"the open change {other} touches the requirement '{name}' of {file.Path} too: only one of the two could be archived as it is";
            }
        }

        return null;
    }

    private static IEnumerable<string> Touched(string text)
    {
        var delta = DeltaSpec.Parse(text);
        return delta.Added.Concat(delta.Modified).Select(requirement => requirement.Name)
            .Concat(delta.Removed.Select(removed => removed.Name))
            .Concat(delta.Renamed.SelectMany(renamed => new[] { renamed.From, renamed.To }));
    }

    private IEnumerable<ChangeId> OtherChanges(ChangeId own) =>
        Directory.Exists(repository.ChangesFolder)
            ? Directory.EnumerateDirectories(repository.ChangesFolder).Select(Path.GetFileName).Select(name => ChangeId.TryParse(name, out var id) ? id : (ChangeId?)null).OfType<ChangeId>()
                .Where(id => id != own).OrderBy(id => id.Value, StringComparer.Ordinal)
            : [];

    private string? Read(ChangeId change, DocumentPath path)
    {
        try
        {
            return TextLines.Decode(AtomicFile.Read(Path.Combine(repository.ChangesFolder, change.Value, Path.Combine(path.Value.Split('/'))), MaxDocumentBytes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FileRefusedException)
        {
            return null; // its own review reports it
        }
    }
}
