namespace OpenSpec.Validation;

/// <summary>The rules of validation.</summary>
public static class RuleTable
{
}
