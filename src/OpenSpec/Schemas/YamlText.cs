using System.Globalization;
using System.Runtime.CompilerServices;
using OpenSpec.Parsing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OpenSpec.Schemas;

/// <summary>Reads YAML texts: one document, duplicate keys are an error.</summary>
internal static class YamlText
{
    /// <summary>Longest text given to the parser, in characters; configuration and metadata of real repositories stay below 60,000.</summary>
    private const int MaxLength = 1_000_000;

    /// <summary>Deepest nesting read; more is an error. Keeps hostile texts from exhausting the stack.</summary>
    private const int MaxDepth = 64;

    /// <summary>Most nodes read, aliases expanded; more is an error. Keeps hostile aliases from exhausting memory.</summary>
    private const int MaxNodes = 100_000;

    /// <summary>The value of a text; null, with a reason, when it is not valid YAML.</summary>
    public static YamlNode? TryParse(string text, out string? error)
    {
        if (TryParsePlain(text) is { } plain)
        {
            error = null;
            return plain;
        }

        if (text.Length > MaxLength)
        {
            error = $"it has more than {MaxLength:N0} characters";
            return null;
        }

        return ParseFully(text, out error);
    }

    /// <summary>A method of its own, so that the parser's assembly is loaded only when it is needed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static YamlNode? ParseFully(string text, out string? error)
    {
        try
        {
            error = null;
            return new Reader(text).ReadDocument();
        }
        catch (YamlException ex)
        {
            error = $"line {ex.Start.Line}: {ex.Message}";
        }
        catch (Exception ex) when (ex is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser fails in its own ways on some malformed texts, such as "a: [" before a line with a colon.
            error = "it is malformed";
        }

        return null;
    }

    /// <summary>
    /// The common form, one <c>key: word</c> a line, without the full parser: it is what nearly every change has, and a validator that
    /// reads hundreds of them starts several times faster this way. Null for anything else.
    /// </summary>
    private static YamlNode.Map? TryParsePlain(string text)
    {
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(KeyCharacters) || colon + 1 == line.Length || line[colon + 1] != ' ')
                return null;
            var value = line[(colon + 2)..].Trim(' ');
            if (value.Length == 0 || !char.IsAsciiLetterOrDigit(value[0]) || value.ContainsAnyExcept(ValueCharacters))
                return null;
            if (!entries.TryAdd(line[..colon].ToString(), Resolve(value.ToString())))
                return null;
        }

        return entries.Count == 0 ? null : new(entries);
    }

    private static readonly System.Buffers.SearchValues<char> KeyCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    private static readonly System.Buffers.SearchValues<char> ValueCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. ");

    /// <summary>Resolves a plain scalar by the core schema.</summary>
    internal static YamlNode Resolve(string value) => value switch
    {
        "" or "~" or "null" or "Null" or "NULL" => YamlNode.Null.Instance,
        "true" or "True" or "TRUE" => new YamlNode.Boolean(true),
        "false" or "False" or "FALSE" => new YamlNode.Boolean(false),
        _ => TryNumber(value) is { } number ? new YamlNode.Number(number) : new YamlNode.Text(value),
    };

    private static double? TryNumber(string value)
    {
        var text = value.AsSpan();
        if (text.StartsWith("0o"))
            return text.Length > 2 && !text[2..].ContainsAnyExceptInRange('0', '7') ? 0 : null;
        if (text.StartsWith("0x"))
            return long.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        var unsigned = text[0] is '+' or '-' ? text[1..] : text;
        if (unsigned is ".inf" or ".Inf" or ".INF")
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (text is ".nan" or ".NaN" or ".NAN")
            return double.NaN;
        if (unsigned.Length == 0 || !(EcmaText.IsDigit(unsigned[0]) || (unsigned[0] == '.' && unsigned.Length > 1 && EcmaText.IsDigit(unsigned[1]))))
            return null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private sealed class Reader(string text)
    {
        private readonly Parser _parser = new(new StringReader(text.StartsWith('\ufeff') ? text[1..] : text));
        private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
        private int _nodes;

        public YamlNode ReadDocument()
        {
            _parser.Consume<StreamStart>();
            if (_parser.Accept<StreamEnd>(out _))
                return YamlNode.Null.Instance;
            _parser.Consume<DocumentStart>();
            var node = ReadNode(0);
            _parser.Consume<DocumentEnd>();
            if (!_parser.Accept<StreamEnd>(out _))
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "there is more than one document");
            return node;
        }

        private YamlNode ReadNode(int depth)
        {
            if (depth > MaxDepth || ++_nodes > MaxNodes)
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "the document is nested too deep or too large");
            if (_parser.TryConsume<AnchorAlias>(out var alias))
                return _anchors.TryGetValue(alias.Value, out var target) ? target : throw new YamlException(alias.Start, alias.End, $"unknown alias {alias.Value}");
            if (_parser.TryConsume<Scalar>(out var scalar))
                return Remember(scalar.Anchor, ToNode(scalar));
            if (_parser.TryConsume<SequenceStart>(out var sequence))
                return Remember(sequence.Anchor, ReadList(depth));
            return Remember(_parser.Consume<MappingStart>().Anchor, ReadMap(depth));
        }

        private YamlNode.List ReadList(int depth)
        {
            var items = new List<YamlNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
                items.Add(ReadNode(depth + 1));
            return new(items);
        }

        private YamlNode.Map ReadMap(int depth)
        {
            var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
            while (!_parser.TryConsume<MappingEnd>(out _))
            {
                var start = _parser.Current!.Start;
                var key = _parser.Accept<Scalar>(out var scalar) ? scalar.Value : $"\0{start.Index}";
                _ = ReadNode(depth + 1);
                if (!entries.TryAdd(key, ReadNode(depth + 1)))
                    throw new YamlException(start, start, $"the key \"{key}\" is there twice");
            }

            return new(entries);
        }

        private YamlNode Remember(AnchorName anchor, YamlNode node)
        {
            if (!anchor.IsEmpty)
                _anchors[anchor] = node;
            return node;
        }

        private static YamlNode ToNode(Scalar scalar)
        {
            if (!scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:str" or "!")
                return new YamlNode.Text(scalar.Value);
            return scalar.Style is ScalarStyle.Plain ? Resolve(scalar.Value) : new YamlNode.Text(scalar.Value);
        }
    }
}
