namespace OpenSpec.Schemas;

/// <summary>A YAML value by the YAML 1.2 core schema: <c>yes</c>, <c>no</c> and dates are plain strings.</summary>
internal abstract record YamlNode
{
    private YamlNode()
    {
    }

    /// <summary>What a message calls this kind of value.</summary>
    public abstract string KindName { get; }

    public sealed record Null : YamlNode
    {
        public static Null Instance { get; } = new();

        public override string KindName => "nothing";
    }

    public sealed record Text(string Value) : YamlNode
    {
        public override string KindName => "a text";
    }

    public sealed record Boolean(bool Value) : YamlNode
    {
        public override string KindName => "true or false";
    }

    public sealed record Number(double Value) : YamlNode
    {
        public override string KindName => "a number";
    }

    public sealed record List(IReadOnlyList<YamlNode> Items) : YamlNode
    {
        public override string KindName => "a list";
    }

    public sealed record Map(IReadOnlyDictionary<string, YamlNode> Entries) : YamlNode
    {
        public override string KindName => "a map";

        public YamlNode? Find(string key) => Entries.TryGetValue(key, out var value) ? value : null;
    }
}
