using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Builds the tree of headers. Nesting is at most six deep, so this is linear.</summary>
internal static class SectionReader
{
    public static IReadOnlyList<Section> Read(TextDocument document)
    {
        var top = new List<Section>();
        var parents = new List<Section>(6);
        var open = new List<Section>(6);
        for (var i = 0; i < document.LineCount; i++)
        {
            var level = document.IsFenced(i) ? 0 : Headers.Level(document.At(i));
            if (level == 0)
                continue;
            // A header without a title ends the content of what is above it, though it opens nothing.
            CloseDownTo(open, level, i);
            if (!Headers.TryTitle(document.At(i), level, out var title))
                continue;
            var section = new Section(document, level, title.ToString(), i);
            while (parents.Count > 0 && parents[^1].Level >= level)
                parents.RemoveAt(parents.Count - 1);
            if (parents.Count == 0)
                top.Add(section);
            else
                parents[^1].Add(section);
            parents.Add(section);
            open.Add(section);
        }

        return top;
    }

    private static void CloseDownTo(List<Section> open, int level, int line)
    {
        while (open.Count > 0 && open[^1].Level >= level)
        {
            open[^1].EndLine = line;
            open.RemoveAt(open.Count - 1);
        }
    }
}
