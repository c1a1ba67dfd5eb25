using System.Text;

namespace EndToEndTests.Harness;

/// <summary>
/// A repository as a small team has it: code, docs, main specs, and any number of changes with what such changes suffer from: words that nobody can
/// measure (some answered by the main specs, some by nobody), scenario headings of the wrong level, task numbers twice, no newline at the end.
/// </summary>
internal static class SampleRepository
{
    /// <summary>How many kinds of change there are before they repeat.</summary>
    public const int Kinds = 6;

    /// <summary>The one capability whose main spec answers how quick "quickly" is.</summary>
    private const string Answered = "price-lists";

    private static readonly (string Capability, string Noun, string Actor)[] s_capabilities =
    [
        ("order-intake", "order", "customer"), ("stock-levels", "stock level", "warehouse clerk"), ("delivery-notices", "delivery notice", "carrier"), ("price-lists", "price list", "buyer"),
    ];

    /// <summary>Writes code, docs and main specs, and <paramref name="count"/> changes.</summary>
    public static void Write(string root, int count)
    {
        Put(root, "README.md", "# Shop floor\n\nOrders, stock and deliveries.\n");
        Put(root, "src/orders.py", "def accept(order):\n    return order\n");
        Put(root, "docs/operations.md", "# Operations\n\nThe service runs on two machines.\n");
        Put(root, "openspec/config.yaml", "schema: spec-driven\n");
        foreach (var (capability, noun, actor) in s_capabilities)
            Put(root, $"openspec/specs/{capability}/spec.md", MainSpec(capability, noun, actor) + (capability == Answered ? ResponseTimes(noun) : ""));
        for (var i = 0; i < count; i++)
            WriteChange(root, NameOf(i), i);
    }

    public static string NameOf(int index) => $"{(index % Kinds) switch { 0 => "add", 1 => "speed-up", 2 => "ease", 3 => "extend", 4 => "tidy", _ => "rework" }}-{s_capabilities[index % s_capabilities.Length].Capability}-{index:00}";

    /// <summary>Writes one change; <paramref name="index"/> chooses its kind and its capability.</summary>
    public static void WriteChange(string root, string name, int index)
    {
        var (capability, noun, actor) = s_capabilities[index % s_capabilities.Length];
        var folder = $"openspec/changes/{name}/";
        Put(root, folder + ".openspec.yaml", "schema: spec-driven\ncreated: 2026-11-02\n");
        Put(root, folder + "proposal.md", Proposal(name, capability, noun, actor));
        Put(root, folder + "tasks.md", Tasks(noun, twice: index % Kinds is 4 or 5));
        Put(root, folder + $"specs/{capability}/spec.md", Delta(index % Kinds, index, noun, actor));
    }

    /// <summary>A requirement with a scenario heading of the wrong level: what a person adds, and the daemon repairs.</summary>
    public static string FaultyRequirement(string title) =>
        $"\n### Requirement: {title}\n\nThe service SHALL keep a record of each {title}.\n\n### Scenario: Record of {title}\n\n- **WHEN** a {title} happens\n- **THEN** the record names it\n";

    private static string MainSpec(string capability, string noun, string actor) =>
        $"""
        # {capability} Specification

        ## Purpose

        The {noun} is what the {actor} works with. This capability says how it is kept, shown and changed.

        ## Requirements

        ### Requirement: Show the {noun}

        The service SHALL show the {noun} to the {actor} who asks for it.

        #### Scenario: The {actor} asks

        - **WHEN** the {actor} opens the page of a {noun}
        - **THEN** the page shows it

        """;

    private static string ResponseTimes(string noun) =>
        $"""
        ### Requirement: Response times

        The service SHALL show the history of a {noun} within 250 milliseconds at the 95th percentile, measured at the server.
        Beyond this limit the page SHALL show the note "still loading".

        #### Scenario: Usual load

        - **WHEN** 20 users are at work
        - **THEN** the limit is kept

        """;

    private static string Proposal(string name, string capability, string noun, string actor) =>
        $"""
        # Change: {name}

        ## Why

        The {actor} handles about 300 {noun} entries a day and asks for this in every review meeting. Today each entry needs two pages and a phone call.

        ## What Changes

        - The {noun} gets what the delta says.

        ## Capabilities

        ### Modified Capabilities

        - `{capability}`: see the delta

        ## Impact

        - Page and service of the {noun}

        """;

    private static string Tasks(string noun, bool twice) =>
        $"# Tasks\n\n## 1. Service\n\n- [ ] 1.1 Add the field to the {noun}; the store test reads it back\n- [ ] 1.2 Return it from the service; the contract test finds it\n" +
        (twice ? $"- [ ] 1.2 Show it on the page of the {noun}; the page test finds it" : $"- [ ] 1.3 Show it on the page of the {noun}; the page test finds it\n");

    private static string Delta(int kind, int index, string noun, string actor)
    {
        var text = new StringBuilder("## ADDED Requirements\n\n");
        var title = $"History of the {noun} {index:00}";
        var duty = kind switch
        {
            1 => $"The service SHALL show the history of a {noun} quickly.",
            2 => $"The service SHALL make the history of a {noun} easy to use.",
            _ => $"The service SHALL keep the last 20 versions of a {noun}.",
        };
        var heading = kind is 3 or 5 ? "###" : "####";
        text.Append($"### Requirement: {title}\n\n{duty}\n\n{heading} Scenario: The {actor} looks back\n\n- **WHEN** the {actor} opens the history of a {noun} with 25 versions\n- **THEN** 20 versions are listed, newest first");
        if (kind != 2)
            text.Append($"\n\n{heading} Scenario: The {noun} does not exist\n\n- **WHEN** the {actor} opens the history of a {noun} that does not exist\n- **THEN** the page says that it was not found");
        return text.Append(kind == 4 ? "" : "\n").ToString();
    }

    private static void Put(string root, string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
