using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Reads the scenarios of a requirement block: any unfenced level-4 header counts, whatever its title.</summary>
internal static class ScenarioReader
{
    public static IReadOnlyList<Scenario> Read(TextDocument document, int first, int end)
    {
        List<Scenario>? scenarios = null;
        var open = -1;
        for (var i = first; i < end; i++)
        {
            var level = document.IsFenced(i) ? 0 : Headers.Level(document.At(i));
            if (level is 0 or > 4)
                continue;
            if (open >= 0)
                (scenarios ??= []).Add(Create(document, open, i));
            open = level == 4 ? i : -1;
        }

        if (open >= 0)
            (scenarios ??= []).Add(Create(document, open, end));
        return scenarios ?? (IReadOnlyList<Scenario>)[];
    }

    private static Scenario Create(TextDocument document, int header, int end) =>
        new(document, Headers.ScenarioName(document.At(header)).ToString(), header, end);
}
