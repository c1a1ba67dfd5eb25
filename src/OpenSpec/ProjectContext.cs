using System.Collections.Concurrent;
using OpenSpec.Documents;
using OpenSpec.Parsing;
using OpenSpec.Schemas;

namespace OpenSpec;

/// <summary>What can be said about a main spec that a change names.</summary>
/// <param name="Document">The spec; null when it is absent or unreadable.</param>
/// <param name="IsUnreadable">Whether something stands in its place that cannot be read.</param>
/// <param name="Fault">What is wrong with the file itself.</param>
internal sealed record MainSpecLookup(OpenSpecDocument<MainSpec>? Document, bool IsUnreadable, DocumentFault? Fault)
{
    public bool IsAbsent => Document is null && !IsUnreadable;
}

/// <summary>One look at a project: what several items need is read once. Members are safe for concurrent use if the files are.</summary>
internal sealed class ProjectContext(IOpenSpecFiles files, OpenSpecOptions options)
{
    private readonly ConcurrentDictionary<string, MainSpecLookup> _mainSpecs = new(StringComparer.Ordinal);

    public IOpenSpecFiles Files => files;

    public OpenSpecOptions Options => options;

    public SchemaCatalog Schemas { get; } = new(files, options);

    public DocumentLoader NewLoader() => new(files, options);

    /// <summary>The main spec of a capability; read and parsed once.</summary>
    public MainSpecLookup MainSpec(string capability)
    {
        if (_mainSpecs.TryGetValue(capability, out var known))
            return known;
        var path = MainSpecPath(capability);
        var document = NewLoader().Load(path, Documents.MainSpec.Parse);
        var lookup = document switch
        {
            { Fault.Kind: DocumentFaultKind.TooLarge } => new MainSpecLookup(null, IsUnreadable: true, document.Fault),
            null => new(null, KindOf(path) is OpenSpecEntryKind.Directory or OpenSpecEntryKind.Other, null),
            _ => new(document, IsUnreadable: false, document.Fault),
        };
        return _mainSpecs[capability] = lookup;
    }

    /// <summary>Whether a file stands where a directory on the way to a main spec should be. The original fails on it.</summary>
    public bool IsMainSpecPathBlocked(string capability)
    {
        if (MainSpec(capability).Document is not null)
            return false;
        for (var end = capability.IndexOf('/'); ; end = capability.IndexOf('/', end + 1))
        {
            var kind = KindOf("specs/" + (end < 0 ? capability : capability[..end]));
            if (kind is null || end < 0)
                return kind is OpenSpecEntryKind.File or OpenSpecEntryKind.Other;
            if (kind is not OpenSpecEntryKind.Directory)
                return true;
        }
    }

    public static string MainSpecPath(string capability) => $"specs/{capability}/spec.md";

    /// <summary>What a path is; null when there is nothing.</summary>
    public OpenSpecEntryKind? KindOf(string path) => files.KindOf(path);
}
