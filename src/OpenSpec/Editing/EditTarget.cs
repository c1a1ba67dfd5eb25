namespace OpenSpec.Editing;

/// <summary>Where an edit goes: found, or not.</summary>
public abstract record EditTarget
{
    private EditTarget()
    {
    }

    /// <summary>The place was found.</summary>
    /// <param name="Edit">The edit to apply with <see cref="TextEdits.Apply"/>.</param>
    public sealed record Found(TextEdit Edit) : EditTarget;

    /// <summary>The place is not there, not the only one, or not what was expected.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Missing(string Reason) : EditTarget;

    /// <summary>Applies the edit to the text that it was made for.</summary>
    public EditOutcome ApplyTo(string text) => this switch
    {
        Found found => TextEdits.Apply(text, [found.Edit]),
        Missing missing => new EditOutcome.Conflict(missing.Reason),
        _ => throw new InvalidOperationException("Edit targets are a closed set."),
    };
}
