using System.Text;
using OpenSpec.Tests.Oracle;

namespace OpenSpec.Tests.Differential;

/// <summary>
/// Makes projects that exercise the format: from a grammar with a taste for what nearly fits, and by mutating real documents. The same seed
/// gives the same project.
/// </summary>
internal sealed class ProjectGenerator(int seed)
{
    private static readonly string[] Documents = Corpus.EdgeCases.Files
        .Where(f => f.Key.StartsWith("validate/", StringComparison.Ordinal) && f.Key.EndsWith(".md", StringComparison.Ordinal) && f.Value.Length < 4000)
        .OrderBy(f => f.Key, StringComparer.Ordinal)
        .Select(f => Encoding.UTF8.GetString(f.Value))
        .ToArray();

    private readonly Random _random = new(seed);

    /// <summary>Two of three projects are mostly well-formed, so that merges get far; the rest is wild. Well-formed choices stand first.</summary>
    private readonly bool _isTame = seed % 3 != 0;

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _directories = [];

    /// <summary>The schemas of the user who works on every project, below <c>openspec/schemas</c> of their data folder.</summary>
    public static IReadOnlyDictionary<string, string> UserSchemas { get; } = new Dictionary<string, string>
    {
        ["personal/schema.yaml"] = "name: personal\nversion: 1\nartifacts:\n  - id: plan\n    generates: proposal.md\n    description: The plan\n    template: deep/plan.md\n    instruction: Plan it.\n  - id: tasks\n    generates: tasks.md\n    description: Steps\n    template: tasks.md\n    requires: [plan, deltas]\n  - id: deltas\n    generates: specs/**/*.md\n    description: Deltas\n    template: tasks.md\napply:\n  requires: [tasks, deltas]\n  tracks: tasks.md\n  instruction: \" Do it. \"\n",
        ["personal/templates/deep/plan.md"] = "# Plan\n",
        ["personal/templates/tasks.md"] = "- [ ] 1.1 \n",
        ["custom/schema.yaml"] = "name: custom\nversion: 1\nartifacts:\n  - id: tasks\n    generates: work/*.md\n    description: d\n    template: absent.md\n",
        ["empty/readme.md"] = "No schema here.\n",
    };

    /// <summary>Path below <c>openspec</c> to bytes, and directories without files.</summary>
    public (Dictionary<string, byte[]> Files, List<string> Directories) Make()
    {
        Put("config.yaml", Pick("schema: spec-driven\n", "schema: spec-driven\ncontext: |\n  Text\n", "schema: missing\n", "rules:\n  x: [a]\n", "schema: custom\n", ": bad\n", "context: '  '\noperations:\n  apply:\n    guidance: [one, \"\", two]\n  other: {}\n",
            "schema: personal\ncontext: \" Text \"\nrules:\n  tasks: [first, \"\", second]\n  plan: []\noperations:\n  apply: {guidance: [1]}\n"));
        if (Chance(0.15))
        {
            Put("schemas/custom/schema.yaml", CustomSchema());
            if (Chance(0.8))
                Put("schemas/custom/templates/t.md", Pick("# Plan\n", "\ufeff# Plan\r\n", ""));
        }

        _directories.Add("specs");
        foreach (var capability in new[] { "base", "auth/login", "notes" }.Where(_ => Chance(0.8)))
            Put($"specs/{capability}/spec.md", Fault(0.15) ? Mutate(Document()) : MainSpec(capability));
        if (Fault(0.03))
            Put("specs/blocked", "a file");
        for (var i = _random.Next(2, 5); i > 0; i--)
            AddChange($"{Any(["add", "fix", "2026-01-02", "Up"])}-{Any(["x", "y", "z"])}-{i}");
        return (_files, _directories);
    }

    private void AddChange(string id)
    {
        var root = "changes/" + id;
        _directories.Add(root);
        if (Chance(0.03))
        {
            Put($"{root}/inner/proposal.md", "# nested\n");
            return;
        }

        if (Chance(0.8))
            Put($"{root}/.openspec.yaml", Metadata());
        if (Chance(0.8))
            Put($"{root}/proposal.md", Chance(0.3) ? Document() : Proposal());
        if (Chance(0.85))
            Put($"{root}/tasks.md", Tasks());
        if (Chance(0.5))
            Put($"{root}/design.md", "# Design\n");
        foreach (var capability in new[] { "base", "auth/login", "fresh", "notes", "blocked" }.Where(c => Chance(_isTame ? 0.25 : 0.4)))
            Put($"{root}/specs/{capability}/spec.md", Fault(0.25) ? Mutate(Document()) : Delta(capability));
        if (Fault(0.05))
            Put($"{root}/specs/{Pick("spec.md", "loose.md", "base/SPEC.md", "base/notes.md", ".hidden.md", "base/x.txt")}", Delta("base"));
        if (Chance(0.03))
            _directories.Add($"{root}/specs/empty");
        if (Chance(0.04))
            Put($"{root}/.note", "x");
    }

    private string Proposal()
    {
        var text = new StringBuilder(Pick("", "# Proposal\n\n", "```\n## Why\n```\n"));
        text.Append(Pick("## Why\n", "## Why\n", "## why ##\n", "### Why\n", "## Reason\n"));
        text.Append(Pick("Short.\n", $"\u00a0{new string('w', 49 + _random.Next(3))} \n", $"{new string('w', 999 + _random.Next(3))}\n", "", "Enough words to say why this is wanted, and by whom.\n\n### More\nStill why.\n"));
        text.Append(Pick("## What Changes\n", "## What Changes\n", "## what changes\n", "## Changes\n"));
        for (var i = _random.Next(0, Chance(0.1) ? 14 : 4); i > 0; i--)
        {
            text.Append(Pick(
                "- **base:** Add a thing\n", "- **base**: Renamed to something\n", "  -  **auth/login:** New\n", "- ** :** deletes the thing entirely\n", "- **a:**  \n", "- **a:** \u2028\n", "- **a:**\n", "- **a:** b\u2029c\n",
                "- plain\n", "* **base:** add\n", "- **x:y:** z\n", "-**base:** removing it all\n", "- **base:**address the problem\n", "\n", "- **base** Adds\n", "- **ba*se:** Adds it\n", "- **base:** it is reNEWed\n"));
        }

        return Noise(text.Append(Pick("", "## Impact\n- **other:** Adds nothing\n")).ToString());
    }

    private string MainSpec(string capability)
    {
        var text = new StringBuilder($"# {capability} Specification\n\n## Purpose\n");
        text.Append(Pick(
            "A purpose that is long enough to satisfy the strict mode of the validator.\n",
            "A purpose that is long enough to satisfy the strict mode of the validator.\n",
            "Too short.\n", "TBD - created by archiving change x. Update Purpose after archive.\n", "Todo: write\n", "TODO write it down, this is long enough to count as a text\n", ""));
        text.Append(Pick("\n## Requirements\n\n", "\n## Requirements\n", "\n##  requirements \n", "\n"));
        foreach (var name in Names.Where(n => _isTame ? n != "alpha" : Chance(0.5)))
            text.Append(Block(name, _isTame || Chance(0.9) ? "###" : "####"));
        if (Chance(0.15))
            text.Append(Pick("### Notes\n\nA note.\n", "## Appendix\n\nx\n", "```\n### Requirement: Fenced\n```\n", "## ADDED Requirements\n", "\n\n\nloose\n"));
        return Noise(text.ToString());
    }

    private string Delta(string capability)
    {
        var text = new StringBuilder(Chance(0.2) ? $"# {capability}\n\n" : "");
        if (Chance(0.15))
            text.Append(Pick("## Purpose\nWhat this new capability is for, said in enough words to be valid.\n\n", "## Purpose\nShort\n\n", "## Purpose\n<!-- x -->\n\n", "## Purpose\n### Sub\ntext text\n\n"));
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            switch (capability == "fresh" && _isTame ? 0 : _random.Next(5))
            {
                case 0 or 1:
                    text.Append(Pick("## ADDED Requirements\n\n", "## added requirements\n", "## ADDED Requirements ##\n", "## ADDED  Requirements\n"));
                    AppendBlocks(text, _isTame ? ["New", "Extra", $"Own {_random.Next(99)}", "C# 2"] : ["New", "Extra", "alpha", "Alpha"]);
                    break;
                case 2:
                    text.Append("## MODIFIED Requirements\n\n");
                    AppendBlocks(text, Names);
                    break;
                case 3:
                    text.Append("## REMOVED Requirements\n\n");
                    foreach (var name in Names.Where(_ => Chance(0.3)))
                        text.Append(Pick($"### Requirement: {name}\n**Reason**: old\n\n", $"- `### Requirement: {name}`\n", $"* ### Requirement: {name}\n", $"- {name}\n"));
                    break;
                default:
                    text.Append("## RENAMED Requirements\n\n");
                    AppendRenames(text);
                    break;
            }
        }

        return Noise(text.ToString());
    }

    private void AppendBlocks(StringBuilder text, string[] names)
    {
        foreach (var name in names.Where(_ => Chance(0.45)))
            text.Append(Block(name, Pick("###", "###", "###", "###", "####", "##")));
    }

    private void AppendRenames(StringBuilder text)
    {
        for (var i = _random.Next(1, 3); i > 0; i--)
        {
            if (Chance(0.9))
                text.Append($"{Pick("- ", "* ", "")}FROM: {Pick("`", "")}### Requirement: {Any(Names)}{Pick("`", "")}\n");
            if (Chance(0.9))
                text.Append($"{Pick("- ", "+ ", "  ")}TO: `### Requirement: {Pick($"Renamed {_random.Next(99)}", "New", Any(Names))}`\n");
        }
    }

    private string Block(string name, string hashes)
    {
        var text = new StringBuilder($"{hashes}{Pick(" ", " ", " ", "", "  ")}{Pick("Requirement", "Requirement", "requirement")}:{Pick(" ", " ", "")}{name}{Pick("", "", "", " ##", " ")}\n");
        text.Append(Pick("The system SHALL do it.\n", "The system SHALL do it.\n", "It MUST\nwork.\n", "It works.\n", "**ID**: 7\n", "", "```\nSHALL\n```\n", "| a | b |\n", new string('x', 499) + " MUST\n"));
        foreach (var scenario in new[] { "one", "two", "one" }.Where(s => _isTame ? !Fault(0.3) : Chance(0.6)))
        {
            text.Append($"\n{Pick("####", "####", "####", "####", "###", "#####")} {Pick("Scenario: ", "Scenario:", "scenario: ", "")}{scenario}{Pick("", "", " ####")}\n");
            text.Append(Pick("- **WHEN** a\n- **THEN** b\n", "- **WHEN** a\n  wrapped\n- **THEN** b\n", "", "```\ncode\n```\n", "text\n===\n", "- **WHEN** a\n\n- note\n"));
        }

        return text.Append('\n').ToString();
    }

    private string Tasks()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(0, 12); i > 0; i--)
        {
            text.Append(Pick(
                "## 1. One\n", "## 2. Two\n", "## 02. Two\n", "## Other\n", "- [ ] 1.1 a\n", "- [x] 1.2 b\n", "- [X] 2.1 c\n", "  - [ ] 1.1.1 d\n", "* [~] 1.2 e\n", "+ [] f\n", "1. [ ] g\n",
                "- [ ](x) h\n", "- [a](x) i\n", "- [WIP] j\n", "- plain\n", "    - code\n", "```\n", "<!-- x\n", "-->\n", "---\n", "- [ ] 1.1a k\n", "- [ ]\n", "\u00a0- [ ] 3.1 l\n", "- [x ] m\n", "> - [ ] n\n", "1234567890. [ ] o\n", "* * *\n", "\t- p\n", "- [ ] **1.1** q\n"));
        }

        return Noise(text.ToString());
    }

    private string Metadata() => Pick(
        "schema: spec-driven\ncreated: 2026-01-01\n", "schema: spec-driven\ncreated: 2026-01-01\n", "schema: spec-driven\nskip_specs: true\n", "schema: spec-driven\nretire_capabilities: true\n",
        "schema: spec-driven\nskip_specs: yes\n", "skip_specs: true\n", "schema: nope\nskip_specs: true\n", "schema: nope\n", "schema: custom\n", "schema: personal\n", "schema: personal\nskip_specs: true\n", "a: [\nskip_specs: true\n", "schema: spec-driven\nschema: x\n",
        "schema: spec-driven\ncreated: 1\n", "- list\n", "", "# only a comment\n", "schema: 'spec-driven'\nskip_specs: false\ngoal: \"\"\n", "schema: spec-driven.yaml\nskip_specs: true\n", "\ufeffschema: spec-driven\nskip_specs: True\n",
        "schema: spec-driven\nretire_capabilities: true\nstatus: done\nowners: [a, b]\n", "schema: &a spec-driven\ngoal: *a\n", "schema: |\n  spec-driven\nskip_specs: true\n");

    private string CustomSchema() => Pick(
        "name: custom\nversion: 1\nartifacts:\n  - id: tasks\n    generates: work/*.md\n    description: d\n    template: t.md\n    requires: []\n",
        "name: custom\nversion: 1\nartifacts:\n  - id: plan\n    generates: plan.md\n    description: d\n    template: t.md\n  - id: todo\n    generates: tasks.md\n    description: d\n    template: t.md\n    requires: [plan]\napply:\n  requires: [todo]\n  tracks: tasks.md\n",
        "name: custom\nversion: 2\nartifacts:\n  - id: contract\n    generates: specs/**/spec.md\n    description: What it does\n    template: ./t.md\n    instruction: |\n      Be brief.\n  - id: todo\n    generates: '*.md'\n    description: d\n    template: t.md\n    requires: [contract]\napply:\n  requires: [contract]\n  tracks: '{tasks,design}.md'\n  instruction: |\n    Work on.\n",
        "name: custom\nversion: 1\nartifacts:\n  - id: one\n    generates: design.md\n    description: d\n    template: t.md\n    requires: [two]\n  - id: two\n    generates: proposal.md\n    description: d\n    template: t.md\napply:\n  requires: [one]\n  tracks: null\n",
        "name: custom\nversion: 0\nartifacts: []\n");

    /// <summary>Other line ends, a byte order mark, bytes that are not UTF-8, a lost last line end: seldom, so that the rest can be seen.</summary>
    private string Noise(string text)
    {
        if (Chance(0.06))
            text = text.Replace("\n", "\r\n");
        if (Chance(0.02))
            text = text.Replace("\n", "\r");
        if (Chance(0.04))
            text = "\ufeff" + text;
        if (Chance(0.06))
            text = text.TrimEnd();
        return Fault(0.1) ? Mutate(text) : text;
    }

    /// <summary>A few changes of lines and characters.</summary>
    private string Mutate(string text)
    {
        var lines = text.Split('\n').ToList();
        for (var i = _random.Next(1, 4); i > 0 && lines.Count > 0; i--)
        {
            var at = _random.Next(lines.Count);
            switch (_random.Next(7))
            {
                case 0: lines.RemoveAt(at); break;
                case 1: lines.Insert(at, lines[_random.Next(lines.Count)]); break;
                case 2: (lines[at], lines[^1]) = (lines[^1], lines[at]); break;
                case 3: lines.Insert(at, Pick("```", "~~~", "<!--", "-->", "## Notes", "### Extra", "#### x", "## ", "###  ", "\u2028", "TBD", "   ")); break;
                case 4: lines[at] = Pick("#", " ", "\t", "\u00a0", "> ", "- ") + lines[at]; break;
                case 5: lines[at] += Pick(" ", " #", " ##", "\r", "\u2028", "\u0085", ":", "`", "\u3000"); break;
                default:
                    if (lines[at].Length > 0)
                        lines[at] = lines[at].Remove(_random.Next(lines[at].Length), 1);
                    break;
            }
        }

        return string.Join('\n', lines);
    }

    private string Document() => Documents[_random.Next(Documents.Length)];

    private static string[] Names => ["Alpha", "Beta", "alpha", "Log in  twice", "C#", "Ünï Σ"];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];

    private string Pick(params ReadOnlySpan<string> choices) =>
        _isTame && Chance(0.93) ? choices[0] : choices[_random.Next(choices.Length)];

    /// <summary>A chance of something going wrong.</summary>
    private bool Fault(double probability) => Chance(_isTame ? probability / 8 : probability);

    private void Put(string path, string text)
    {
        // "specs/blocked" may be a file; then nothing can be below it.
        if (_files.Keys.Any(f => path.StartsWith(f + "/", StringComparison.Ordinal) || f.StartsWith(path + "/", StringComparison.Ordinal)))
            return;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 10 && Chance(0.01))
            bytes[_random.Next(bytes.Length)] = 0xff;
        _files[path] = bytes;
    }
}
