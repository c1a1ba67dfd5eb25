namespace OpenSpec;

/// <summary>Limits that keep any input, however hostile, from using unbounded time or memory. Exceeding one is a reported fault, not an exception.</summary>
public sealed record OpenSpecOptions
{
    /// <summary>The options used when none are given.</summary>
    public static OpenSpecOptions Default { get; } = new();

    /// <summary>Largest document read, in bytes. Default 16 MiB; the largest of 1,781 real changes has documents of 71 KB.</summary>
    public int MaxFileBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Deepest directory nesting walked below <c>specs/</c>. Default 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Most files considered in one change or below <c>specs/</c>. Default 20,000.</summary>
    public int MaxFiles { get; init; } = 20_000;

    /// <summary>
    /// Most items that <see cref="OpenSpecProject.ValidateAll"/> looks at, at the same time. Default 1: one after the other, on the calling thread.
    /// With more, the files given to the project have to be safe for concurrent use.
    /// </summary>
    public int MaxParallelism { get; init; } = 1;

    /// <summary>
    /// The user's own workflow schemas, <c>NAME/schema.yaml</c> and <c>NAME/templates/</c> below the folder given; the original looks for them in
    /// <c>$XDG_DATA_HOME/openspec/schemas</c>. A schema of the project with the same name comes first. Default none.
    /// </summary>
    public IOpenSpecFiles UserSchemas { get; init; } = new MemoryFiles([]);
}
