namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>
/// Words that requirements use for one another. Kept short on purpose: each pair makes some question answerable and some wrong answer possible.
/// </summary>
internal static class Synonyms
{
    private static readonly string[] s_groups =
    [
        "latency delay respond response responsiveness",
        "delete remove erase purge discard wipe clear drop",
        "reset clear",
        "keep retain retention preserve store",
        "expire timeout",
        "fail failure error unavailable unreachable",
        "retry attempt reattempt try",
        "throughput rate",
        "configuration config setting settings",
        "authenticate authentication login signin",
        "permission authorization authorize privilege role",
        "encrypt encryption cipher",
        "notify notification alert",
        "invalid malformed incorrect",
        "size bytes large",
        "interval period frequency",
        "backup backups snapshot",
        "download export",
        "cancel abort",
        "show display render visible see view appear surface present",
        "folder directory workdir",
        "error fail failure problem exception",
        "choose select pick selection picker",
        "disable off greyed grey gray inactive unavailable",
        "enable on activate switch toggle allow",
        "customise customize fork modify",
        "edit modify change mutate editable",
        "readonly read",
        "synchronise synchronize sync",
        "colour color green red yellow",
        "tick complete done finish checkbox check",
        "copy fork duplicate clone",
        "begin start launch startup boot begins",
        "stop prevent refuse forbid prohibit",
        "overwrite lease force clobber",
        "ask request prompt confirm confirmation",
        "warn warning notify",
        "post comment publish",
        "keyboard mouse pointer",
        "mark label tag",
        "twice duplicate repeat again idempotent",
        "corrupt malformed invalid",
        "order sort sequence",
        "place location path where",
        "test verify check",
        "icon logo",
        "os platform windows linux macos",
        "step milestone stage substep",
        "handwritten manual inline",
        "text message copy",
        "description document documentation describe",
        "permission allow may",
        "merge land",
        "pr pull",
        "repo repository",
        "dir directory",
        "msg message",
        "auth authentication",
        "env environment",
        "param parameter argument",
        "ui interface",
        "db database",
        "cli commandline",
        "nonexistent absent missing",
        "concurrent concurrency parallel simultaneous",
    ];

    private static readonly Dictionary<string, string[]> s_byStem = Build();

    /// <summary>Stems that may stand for <paramref name="stem"/>, without itself.</summary>
    internal static IReadOnlyList<string> Of(string stem) => s_byStem.GetValueOrDefault(stem, []);

    private static Dictionary<string, string[]> Build()
    {
        var result = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var group in s_groups)
        {
            string[] stems = [.. group.Split(' ').Select(w => Words.StemOf(w)).Distinct(StringComparer.Ordinal)];
            foreach (var stem in stems) result[stem] = [.. result.GetValueOrDefault(stem, []).Concat(stems.Where(s => s != stem)).Distinct(StringComparer.Ordinal)];
        }

        return result;
    }
}
