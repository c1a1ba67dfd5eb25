using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace McpOrchestrator.Agents.Configuration;

/// <summary>One agent of the file as it was written. Reading a value notes what is wrong with it.</summary>
/// <param name="where">For messages: file and place in the list.</param>
/// <param name="environment">Environment variables.</param>
/// <param name="faults">Where faults are noted.</param>
internal sealed partial class AgentEntry(string where, IDictionary environment, List<string> faults)
{
    private readonly Dictionary<string, List<(string Sub, string Value)>> _values = new(StringComparer.Ordinal);

    internal void Add(string key, string sub, string? value)
    {
        if (!_values.TryGetValue(key, out var values)) _values[key] = values = [];
        if (!string.IsNullOrWhiteSpace(value)) values.Add((sub, value.Trim()));
    }

    internal bool Has(string key) => _values.TryGetValue(key, out var values) && values.Count > 0;

    internal void Fault(string key, string problem) => faults.Add($"{where}.{key}{problem}");

    /// <summary>Checks the keys against the table: known, of this kind, of the right shape, and all that are required.</summary>
    internal void Check(string? kind)
    {
        foreach (var name in _values.Keys)
        {
            if (AgentKey.All.FirstOrDefault(k => k.Name == name) is not { } key)
                Fault(name, $" is not a known key. Known: {string.Join(", ", AgentKey.All.Where(k => kind is null || k.BelongsTo(kind)).Select(k => k.Name))}.");
            else if (kind is not null && !key.BelongsTo(kind)) Fault(name, $" is not a key of the kind {kind}; it belongs to {string.Join(" and ", key.Kinds)}.");
            else CheckShape(key, _values[name]);
        }

        foreach (var key in AgentKey.All.Where(k => k.Required && !Has(k.Name) && (kind is null ? k.Kinds.Count == 0 : k.BelongsTo(kind)))) Fault(key.Name, " is missing.");
    }

    internal string? Text(string key) => Has(key) ? Expand(key, _values[key][0].Value) : null;

    internal IReadOnlyList<string> List(string key) => Has(key) ? [.. _values[key].Select(v => Expand(key, v.Value))] : [];

    internal string? Variable(string name) => environment[name] is string { Length: > 0 } value ? value : null;

    /// <summary>A map as it stands; its values are filled in with each question, so no variables are put in.</summary>
    internal IReadOnlyDictionary<string, string> Map(string key) =>
        Has(key) ? _values[key].ToDictionary(v => v.Sub, v => v.Value, StringComparer.Ordinal) : new Dictionary<string, string>(StringComparer.Ordinal);

    internal double Number(string key, double otherwise) =>
        Has(key) && double.TryParse(_values[key][0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    internal bool Flag(string key, bool otherwise) => Has(key) ? _values[key][0].Value == "true" : otherwise;

    private void CheckShape(AgentKey key, List<(string Sub, string Value)> values)
    {
        var isFlat = values.TrueForAll(v => v.Sub.Length == 0);
        if (key.Shape is KeyShape.Text or KeyShape.Number or KeyShape.Flag && (values.Count > 1 || !isFlat)) Fault(key.Name, " must be one value, not a list.");
        else if (key.Shape == KeyShape.Map && values.Exists(v => v.Sub.Length == 0)) Fault(key.Name, " must be names with values.");
        else if (key.Shape == KeyShape.Map && values.Exists(v => v.Sub.Contains(':', StringComparison.Ordinal))) Fault(key.Name, " has a list or a map inside; write that value as JSON text.");
        else if (key.Shape == KeyShape.Number && values.Count > 0) CheckNumber(key, values[0].Value);
        else if (key.Shape == KeyShape.Flag && values.Count > 0 && values[0].Value is not ("true" or "false")) Fault(key.Name, $": '{values[0].Value}' must be true or false.");
    }

    private void CheckNumber(AgentKey key, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        if (!isNumber || !(number >= key.Least && number <= key.Most)) Fault(key.Name, string.Create(CultureInfo.InvariantCulture, $": '{value}' must be a number from {key.Least} to {key.Most}."));
    }

    /// <summary>Puts environment variables in: <c>${NAME}</c>, and <c>${NAME:-otherwise}</c>.</summary>
    private string Expand(string key, string value) => VariablePattern().Replace(value, match =>
    {
        var name = match.Groups["name"].Value;
        if (environment[name] is string { Length: > 0 } found) return found;
        if (match.Groups["otherwise"].Success) return match.Groups["otherwise"].Value;
        Fault(key, $": the environment variable {name} is not set. Set it, or write ${{{name}:-VALUE}}.");
        return "";
    });

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<otherwise>[^}]*))?\}")]
    private static partial Regex VariablePattern();
}
