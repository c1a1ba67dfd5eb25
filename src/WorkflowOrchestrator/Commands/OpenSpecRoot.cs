using OpenSpec;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary>Finds the project that a folder belongs to, as OpenSpec does.</summary>
internal static class OpenSpecRoot
{
    /// <summary>The nearest folder, going up, with an <c>openspec</c> folder that holds specs, changes or a configuration; null when there is none.</summary>
    public static string? Find(string folder)
    {
        for (var directory = new DirectoryInfo(folder); directory is not null; directory = directory.Parent)
        {
            var openspec = Path.Join(directory.FullName, "openspec");
            if (Directory.Exists(Path.Join(openspec, "specs")) || Directory.Exists(Path.Join(openspec, "changes"))
                || File.Exists(Path.Join(openspec, "config.yaml")) || File.Exists(Path.Join(openspec, "config.yml")))
                return directory.FullName;
        }

        return null;
    }

    /// <summary>A hint at items whose names are similar; null when none is.</summary>
    public static string? Suggest(string item, OpenSpecProject project)
    {
        var similar = project.ChangeIds().Concat(project.SpecIds())
            .Select(id => (Id: id, Distance: EditDistance.Between(item, id)))
            .Where(s => s.Distance <= Math.Max(2, item.Length / 3))
            .OrderBy(s => s.Distance)
            .Take(3)
            .Select(s => s.Id)
            .ToArray();
        return similar.Length == 0 ? null : $"Did you mean {string.Join(", ", similar)}?";
    }
}
