using System.Globalization;

namespace Workflow.Hosting;

/// <summary>One key of the configuration, as read from the code that binds it: the source of the JSON schema and of <c>wo config show</c>.</summary>
/// <param name="Key"><c>section.key</c>, as in the file.</param>
/// <param name="Type">JSON type: string, integer, number, boolean, array.</param>
/// <param name="Default">Value when nothing is set.</param>
/// <param name="Description">Meaning and unit.</param>
/// <param name="Minimum">Least number allowed.</param>
/// <param name="Maximum">Greatest number allowed.</param>
/// <param name="Choices">The words allowed.</param>
internal sealed record SettingDefinition(
    string Key,
    string Type,
    object Default,
    string Description,
    double? Minimum = null,
    double? Maximum = null,
    IReadOnlyList<string>? Choices = null);

/// <summary>A fault of the configuration: the key, its value, what is wrong and what to do.</summary>
internal sealed record SettingsError(string Key, string? Value, string Problem, string Remedy, string Source)
{
    public override string ToString() => $"{Key}: {(Value is null ? "" : $"'{Value}' (from {Source}) ")}{Problem}. {Remedy}";
}

/// <summary>The value in force of one key and where it came from.</summary>
internal sealed record SettingSource(string Key, string Value, string Source);

/// <summary>Values of one origin, by <c>section:key</c>.</summary>
internal sealed record SettingsLayer(string Name, IReadOnlyDictionary<string, string?> Values);

/// <summary>
/// Reads typed values through layers (later layers win), collecting every fault instead of stopping at the first, and every definition.
/// </summary>
internal sealed class SettingsReader(IReadOnlyList<SettingsLayer> layers)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public List<SettingDefinition> Definitions { get; } = [];

    public List<SettingsError> Errors { get; } = [];

    public List<SettingSource> Sources { get; } = [];

    public string Text(string key, string fallback, string description, Func<string, (string Problem, string Remedy)?>? check = null)
    {
        var (value, source) = Take(new SettingDefinition(key, "string", fallback, description));
        if (value is null)
            return fallback;
        if (check?.Invoke(value) is { } fault)
            Errors.Add(new SettingsError(key, value, fault.Problem, fault.Remedy, source));
        return value;
    }

    public T Parsed<T>(string key, string fallback, string description, Func<string, T?> parse, string expected)
        where T : class
    {
        var (value, source) = Take(new SettingDefinition(key, "string", fallback, description));
        if (value is null or "")
            return parse(fallback)!;
        if (parse(value) is { } parsed)
            return parsed;
        Errors.Add(new SettingsError(key, value, $"is not {expected}", $"Write for example '{fallback}'", source));
        return parse(fallback)!;
    }

    public T? Optional<T>(string key, string description, Func<string, T?> parse, string expected)
        where T : class
    {
        var (value, source) = Take(new SettingDefinition(key, "string", "", description));
        if (value is null or "")
            return null;
        if (parse(value) is { } parsed)
            return parsed;
        Errors.Add(new SettingsError(key, value, $"is not {expected}", "Correct it or remove the key", source));
        return null;
    }

    public bool Flag(string key, bool fallback, string description)
    {
        var (value, source) = Take(new SettingDefinition(key, "boolean", fallback, description));
        switch (value?.ToLowerInvariant())
        {
            case null:
                return fallback;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Errors.Add(new SettingsError(key, value, "is neither true nor false", "Write true or false", source));
                return fallback;
        }
    }

    public double Number(string key, double fallback, double minimum, double maximum, string description, bool integer = false)
    {
        var (value, source) = Take(new SettingDefinition(key, integer ? "integer" : "number", fallback, description, minimum, maximum));
        if (value is null)
            return fallback;
        var style = integer ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (!double.TryParse(value, style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            Errors.Add(new SettingsError(key, value, integer ? "is not a whole number" : "is not a number", string.Create(CultureInfo.InvariantCulture, $"Write for example {fallback}"), source));
            return fallback;
        }

        if (number >= minimum && number <= maximum)
            return number;
        Errors.Add(new SettingsError(key, value, string.Create(CultureInfo.InvariantCulture, $"is outside {minimum} to {maximum}"), string.Create(CultureInfo.InvariantCulture, $"Write a value within these limits; the default is {fallback}"), source));
        return fallback;
    }

    public int Integer(string key, int fallback, int minimum, int maximum, string description) =>
        (int)Number(key, fallback, minimum, maximum, description, integer: true);

    public TimeSpan Seconds(string key, double fallback, double minimum, double maximum, string description) =>
        TimeSpan.FromSeconds(Number(key, fallback, minimum, maximum, description + " Seconds."));

    public T Choice<T>(string key, T fallback, string description)
        where T : struct, Enum
    {
        var choices = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToList();
        var (value, source) = Take(new SettingDefinition(key, "string", fallback.ToString().ToLowerInvariant(), description, Choices: choices));
        if (value is null)
            return fallback;
        if (choices.Contains(value.ToLowerInvariant()) && Enum.TryParse<T>(value, ignoreCase: true, out var parsed))
            return parsed;
        Errors.Add(new SettingsError(key, value, "is not one of " + string.Join(", ", choices), $"Write one of them; the default is {fallback.ToString().ToLowerInvariant()}", source));
        return fallback;
    }

    public IReadOnlyList<string> List(string key, string description)
    {
        var path = Path(key);
        Definitions.Add(new SettingDefinition(key, "array", Array.Empty<string>(), description));
        _known.Add(path);
        var layer = layers.LastOrDefault(candidate => candidate.Values.Keys.Any(name => IsItem(name, path) || name.Equals(path, StringComparison.OrdinalIgnoreCase)));
        if (layer is null)
        {
            Sources.Add(new SettingSource(key, "[]", "default"));
            return [];
        }

        foreach (var name in layers.SelectMany(candidate => candidate.Values.Keys).Where(name => IsItem(name, path)))
            _known.Add(name);
        var items = layer.Values.Where(pair => IsItem(pair.Key, path)).Select(pair => pair.Value ?? "").ToList();
        if (items.Count == 0 && layer.Values.GetValueOrDefault(path) is { Length: > 0 } joined)
            items = [.. joined.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        Sources.Add(new SettingSource(key, "[" + string.Join(", ", items) + "]", layer.Name));
        return items;
    }

    /// <summary>Reports keys that nothing has read: a misspelt key must not be ignored in silence.</summary>
    public void ReportUnknown()
    {
        foreach (var layer in layers)
        {
            foreach (var (name, value) in layer.Values.Where(pair => !_known.Contains(pair.Key)))
            {
                var key = name.Replace(':', '.');
                var nearest = Definitions.Select(definition => definition.Key).MinBy(known => EditDistance.Between(known, key));
                Errors.Add(new SettingsError(key, value, "is not a known key", $"Did you mean '{nearest}'? 'wo config show' lists all keys", layer.Name));
            }
        }
    }

    private static string Path(string key) => key.Replace('.', ':');

    private static bool IsItem(string name, string path) =>
        name.Length > path.Length + 1 && name.StartsWith(path, StringComparison.OrdinalIgnoreCase) && name[path.Length] == ':' && int.TryParse(name.AsSpan(path.Length + 1), out _);

    private (string? Value, string Source) Take(SettingDefinition definition)
    {
        Definitions.Add(definition);
        var path = Path(definition.Key);
        _known.Add(path);
        foreach (var layer in layers.Reverse())
        {
            if (layer.Values.TryGetValue(path, out var value) && value is not null)
            {
                Sources.Add(new SettingSource(definition.Key, value, layer.Name));
                return (value, layer.Name);
            }
        }

        var fallback = definition.Default is bool flag ? (flag ? "true" : "false") : Convert.ToString(definition.Default, CultureInfo.InvariantCulture);
        Sources.Add(new SettingSource(definition.Key, fallback ?? "", "default"));
        return (null, "default");
    }
}
