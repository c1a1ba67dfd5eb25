using Microsoft.Extensions.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Configuration;

/// <summary>A YAML file flattened into configuration keys (<c>section:key</c>); sequences become <c>key:0</c>, <c>key:1</c>, …</summary>
public static class YamlConfiguration
{
    /// <summary>Reads a file into flat keys.</summary>
    /// <exception cref="YamlConfigurationException">The text is not one YAML mapping; the message names file, line and column.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path)
    {
        var text = File.ReadAllText(path);
        return Parse(path, text);
    }

    /// <inheritdoc cref="Read"/>
    public static IReadOnlyDictionary<string, string?> Parse(string path, string text)
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var yaml = new YamlStream();
            Load(yaml, path, text);
            if (yaml.Documents.Count == 0)
                return data;
            if (yaml.Documents[0].RootNode is not YamlMappingNode root)
            {
                if (yaml.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
                    return data;
                throw new YamlConfigurationException($"{path}:1: expected sections such as 'workflow_orchestrator:', found {yaml.Documents[0].RootNode.NodeType.ToString().ToLowerInvariant()}.");
            }

            Visit("", root, data, path);
            return data;
        }
        catch (YamlException error)
        {
            throw new YamlConfigurationException($"{path}:{error.Start.Line}:{error.Start.Column}: not valid YAML: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    // YamlDotNet's scanner throws InvalidOperationException, without a place, for some broken flow sequences.
    private static void Load(YamlStream yaml, string path, string text)
    {
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (InvalidOperationException error)
        {
            throw new YamlConfigurationException($"{path}:{LastGoodLine(text)}: not valid YAML here or in the next line; look for a bracket, brace or quote that is not closed.", error);
        }
    }

    private static long LastGoodLine(string text)
    {
        var parser = new Parser(new StringReader(text));
        var line = 1L;
        try
        {
            while (parser.MoveNext())
                line = parser.Current?.End.Line ?? line;
        }
        catch (Exception error) when (error is InvalidOperationException or YamlException)
        {
            // That far it is good.
        }

        return line;
    }

    private static void Visit(string prefix, YamlNode node, Dictionary<string, string?> data, string path)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                        throw new YamlConfigurationException($"{path}:{key.Start.Line}: a key must be a plain word.");
                    Visit(Join(prefix, name), value, data, path);
                }

                break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++)
                    Visit(Join(prefix, i.ToString(System.Globalization.CultureInfo.InvariantCulture)), sequence.Children[i], data, path);
                break;
            case YamlScalarNode scalar:
                data[prefix] = scalar.Style == ScalarStyle.Plain && scalar.Value is "null" or "~" or "" ? null : scalar.Value;
                break;
        }
    }

    private static string Join(string prefix, string key) => prefix.Length == 0 ? key : ConfigurationPath.Combine(prefix, key);
}

/// <summary>A configuration file that cannot be read as YAML.</summary>
public sealed class YamlConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
