using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>
/// Requirement blocks by name, in order of insertion, with a second index by folded name: every question that the merge asks is answered
/// without going through all blocks.
/// </summary>
internal sealed class RequirementMap
{
    private readonly Dictionary<string, Entry> _blocks = new(StringComparer.Ordinal);
    private Dictionary<string, SortedDictionary<long, string>>? _folded;
    private long _next;

    public MergeBlock? Find(string key) => _blocks.TryGetValue(key, out var entry) ? entry.Block : null;

    public bool Contains(string key) => _blocks.ContainsKey(key);

    /// <summary>Adds a block, or replaces the one of the same key in its place.</summary>
    public void Set(string key, MergeBlock block)
    {
        if (_blocks.TryGetValue(key, out var known))
        {
            known.Block = block;
            return;
        }

        _blocks[key] = new(key, _next, block);
        if (_folded is not null)
            AddFolded(_folded, key, _next);
        _next++;
    }

    public void Remove(string key)
    {
        if (_blocks.Remove(key, out var entry))
            _folded?[Names.Fold(key)].Remove(entry.Order);
    }

    /// <summary>The first block whose key differs from a name only in case or spacing.</summary>
    /// <param name="name">The name.</param>
    /// <param name="except">A key that does not count.</param>
    public MergeBlock? FindNearMiss(string name, string? except = null)
    {
        // Many merges never ask, so the index is made when one does.
        _folded ??= IndexByFold();
        if (!_folded.TryGetValue(Names.Fold(name), out var keys))
            return null;
        foreach (var key in keys.Values)
        {
            if (key != except)
                return _blocks[key].Block;
        }

        return null;
    }

    private Dictionary<string, SortedDictionary<long, string>> IndexByFold()
    {
        var index = new Dictionary<string, SortedDictionary<long, string>>(StringComparer.Ordinal);
        foreach (var (key, entry) in _blocks)
            AddFolded(index, key, entry.Order);
        return index;
    }

    private static void AddFolded(Dictionary<string, SortedDictionary<long, string>> index, string key, long order)
    {
        var fold = Names.Fold(key);
        if (!index.TryGetValue(fold, out var keys))
            index[fold] = keys = [];
        keys.Add(order, key);
    }

    /// <summary>All blocks in order of insertion.</summary>
    public IReadOnlyList<Entry> InOrder()
    {
        var entries = new List<Entry>(_blocks.Values);
        entries.Sort(static (a, b) => a.Order.CompareTo(b.Order));
        return entries;
    }

    /// <summary>A block with its key and its place.</summary>
    internal sealed class Entry(string key, long order, MergeBlock block)
    {
        public string Key { get; } = key;

        public long Order { get; } = order;

        public MergeBlock Block { get; set; } = block;
    }
}
