using OpenSpec;

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
            .Select(id => (Id: id, Distance: Distance(item, id)))
            .Where(s => s.Distance <= Math.Max(2, item.Length / 3))
            .OrderBy(s => s.Distance)
            .Take(3)
            .Select(s => s.Id)
            .ToArray();
        return similar.Length == 0 ? null : $"Did you mean {string.Join(", ", similar)}?";
    }

    /// <summary>Number of characters to insert, delete or replace (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
