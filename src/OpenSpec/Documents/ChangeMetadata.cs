using OpenSpec.Parsing;
using OpenSpec.Schemas;

namespace OpenSpec.Documents;

/// <summary>
/// A change's <c>.openspec.yaml</c>. Unknown keys are allowed and kept. When any known key is malformed the whole file is,
/// and its markers are not honoured.
/// </summary>
public sealed class ChangeMetadata
{
    private readonly YamlNode? _root;

    private ChangeMetadata(string text, YamlNode? root, string? fault)
    {
        Text = text;
        _root = root;
        Fault = fault;
    }

    /// <summary>The text as it is in the file.</summary>
    public string Text { get; }

    /// <summary>Why the file as a whole is not valid metadata, for people; null when it is. Whether the schema exists is not looked at here.</summary>
    public string? Fault { get; }

    /// <summary>Whether the text is YAML at all.</summary>
    public bool IsYaml => _root is not null;

    /// <summary>Name of the workflow schema; null when absent or malformed.</summary>
    public string? Schema => GetText("schema");

    /// <summary>Day of creation, <c>YYYY-MM-DD</c>; null when absent or malformed.</summary>
    public string? Created => GetText("created");

    /// <summary>What the change is for; null when absent or malformed.</summary>
    public string? Goal => GetText("goal");

    /// <summary>Whether the change declares that no requirement changes. Honoured only without a <see cref="Fault"/> and with a schema that loads.</summary>
    public bool SkipSpecs => IsTrue("skip_specs");

    /// <summary>Whether archiving may delete a main spec that loses its last requirement. Honoured like <see cref="SkipSpecs"/>.</summary>
    public bool RetireCapabilities => IsTrue("retire_capabilities");

    /// <summary>The top-level keys in no particular order.</summary>
    public IReadOnlyCollection<string> Keys => _root is YamlNode.Map map ? [.. map.Entries.Keys] : [];

    /// <summary>Reads a metadata file. Any text is one; what is wrong with it is its <see cref="Fault"/>.</summary>
    public static ChangeMetadata Parse(string text)
    {
        var root = YamlText.TryParse(text, out var error);
        return new(text, root, root is null ? $"the file is not valid YAML ({error})" : MetadataRules.Check(root));
    }

    /// <summary>The value of a top-level key when it is a text; null otherwise. For keys of one's own.</summary>
    public string? GetText(string key) => _root is YamlNode.Map map && map.Find(key) is YamlNode.Text text ? text.Value : null;

    /// <summary>Whether a marker key is written at all, with any value but <c>false</c>: then ignoring it must be said.</summary>
    internal bool MentionsMarker(string key)
    {
        if (_root is null)
            return MentionsKeyLine(key);
        return _root is YamlNode.Map map && map.Find(key) is { } value and not YamlNode.Boolean { Value: false };
    }

    private bool IsTrue(string key) => _root is YamlNode.Map map && map.Find(key) is YamlNode.Boolean { Value: true };

    /// <summary><c>^\s*(['"]?)KEY\1\s*:</c> on any line.</summary>
    private bool MentionsKeyLine(string key)
    {
        for (var at = Text.IndexOf(key, StringComparison.Ordinal); at >= 0; at = Text.IndexOf(key, at + 1, StringComparison.Ordinal))
        {
            var end = at + key.Length;
            var start = at;
            if (start > 0 && end < Text.Length && Text[start - 1] is '"' or '\'' && Text[end] == Text[start - 1])
            {
                start--;
                end++;
            }

            if (StartsLine(start) && EcmaText.SkipSpace(Text, end) is var colon && colon < Text.Length && Text[colon] == ':')
                return true;
        }

        return false;
    }

    private bool StartsLine(int at)
    {
        while (at > 0 && Text[at - 1] is not ('\n' or '\r' or '\u2028' or '\u2029'))
        {
            if (!EcmaText.IsSpace(Text[--at]))
                return false;
        }

        return true;
    }
}
