namespace Platform.Models;

/// <summary>Which model server is used, and the limits of every call.</summary>
/// <param name="BaseAddress">As the user wrote it; with or without <c>/v1</c> (<see cref="Wire.ModelAddress"/> makes it one).</param>
public sealed record ModelServerSettings(Uri BaseAddress)
{
    /// <summary>False: nothing is ever sent, and the inventory says <see cref="ModelState.Off"/>.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The model to use; null: the one that is loaded.</summary>
    public string? Model { get; init; }

    /// <summary>Sent as bearer token when there is one.</summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>Context in tokens to reckon with when the server does not tell. </summary>
    public int AssumedContextTokens { get; init; } = 8192;

    /// <summary>Calls in flight at most, even when the server offers more slots.</summary>
    public int MaxConcurrentCalls { get; init; } = 4;

    /// <summary>Longest time of a call, with waiting for its turn and all attempts.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest time from sending to the first token: the server reads the prompt, which is slow without a graphics card.</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest pause between two tokens.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time between two looks at the server.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one look, and of connecting.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a call that was given up while the server still read its prompt counts as running: the server finishes reading first
    /// (lmstudio-bug-tracker#1143).
    /// </summary>
    public TimeSpan AbandonedGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Context with which <see cref="Model"/> is loaded when LM Studio has it and has not loaded it; null: never loaded from here.</summary>
    public int? LoadContextTokens { get; init; }

    /// <summary>Where exchanges are recorded; null: nowhere.</summary>
    public string? RecordFolder { get; init; }

    /// <summary>Most space of the recorded exchanges; the oldest go first.</summary>
    public long RecordBytes { get; init; } = 64 * 1024 * 1024;
}

/// <summary>A secret: it has no readable text form, so it cannot slip into a log.</summary>
public sealed class ApiKey(string value)
{
    /// <summary>The secret, for the one header that carries it and for redaction.</summary>
    internal string Reveal() => value;

    /// <summary>The key in a variable of the environment; null when that is empty.</summary>
    public static ApiKey? From(string? text) => string.IsNullOrWhiteSpace(text) ? null : new ApiKey(text.Trim());

    public override string ToString() => "(secret)";
}
