using OpenSpec.Documents;

namespace Workflow.Review.Reading;

/// <summary>The keyword of a scenario's step.</summary>
internal enum StepKeyword
{
    /// <summary>A line without keyword, below a step or on its own.</summary>
    None,
    Given,
    When,
    Then,
    And,
    But,
}

/// <summary>A step of a scenario.</summary>
/// <param name="Keyword">As written.</param>
/// <param name="Place">What it stands for: AND and lines without keyword continue the step above.</param>
/// <param name="Start">Offset of the text after the keyword.</param>
/// <param name="End">Offset after the text.</param>
/// <param name="Sentences">Its sentences.</param>
internal sealed record ReviewedStep(StepKeyword Keyword, SentencePlace Place, int Start, int End, IReadOnlyList<Sentence> Sentences)
{
    /// <summary>Whether fenced code, a table or a list without keywords stands below it.</summary>
    public bool HasDetailBelow { get; init; }
}

/// <summary>A scenario with a body.</summary>
internal sealed record ReviewedScenario(string Name, SourceSpan Header, IReadOnlyList<ReviewedStep> Steps)
{
    public IEnumerable<Sentence> Sentences => Steps.SelectMany(step => step.Sentences);

    /// <summary>Whether the main spec has the same scenario, word for word.</summary>
    public bool IsUnchanged => Steps.Count > 0 && Sentences.All(sentence => sentence.IsUnchanged);

    public bool Has(StepKeyword keyword) => Steps.Any(step => step.Keyword == keyword);
}

/// <summary>An ADDED or MODIFIED requirement.</summary>
internal sealed record ReviewedRequirement(ReviewedDocument Document, string Capability, DeltaOperation Operation, Requirement Block)
{
    private Sentence[]? _all;

    public string Name => Block.Name;

    public SourceSpan Header => Block.Header;

    /// <summary>Sentences of the statement, before the first scenario.</summary>
    public required IReadOnlyList<Sentence> Statement { get; init; }

    public required IReadOnlyList<ReviewedScenario> Scenarios { get; init; }

    /// <summary>All sentences in order.</summary>
    public IReadOnlyList<Sentence> All => _all ??= [.. Statement, .. Scenarios.SelectMany(scenario => scenario.Sentences)];

    /// <summary>The sentences that the author of the change wrote: those that the main spec does not have.</summary>
    public IEnumerable<Sentence> Changed => All.Where(sentence => !sentence.IsUnchanged);
}
