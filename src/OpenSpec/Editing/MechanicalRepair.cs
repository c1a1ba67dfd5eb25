namespace OpenSpec.Editing;

/// <summary>A repair of a fault that has exactly one remedy.</summary>
/// <param name="Rule">The rule whose fault it repairs (see <see cref="Validation.RuleTable"/>).</param>
/// <param name="Path">The file, relative to the <c>openspec</c> folder.</param>
/// <param name="Edits">What to change in it.</param>
/// <param name="Reason">What was wrong and what is done, in one line.</param>
public sealed record MechanicalRepair(string Rule, string Path, IReadOnlyList<TextEdit> Edits, string Reason);
