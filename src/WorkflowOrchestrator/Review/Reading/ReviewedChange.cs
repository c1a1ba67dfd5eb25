using OpenSpec;
using OpenSpec.Documents;

namespace Workflow.Review.Reading;

/// <summary>A change prepared for the rules.</summary>
internal sealed record ReviewedChange(ChangeDocuments Documents, OpenSpecProject Project)
{
    /// <summary>ADDED and MODIFIED requirements of all delta specs, in order.</summary>
    public required IReadOnlyList<ReviewedRequirement> Requirements { get; init; }

    /// <summary>Delta specs by capability.</summary>
    public required IReadOnlyList<(string Capability, DeltaSpec Delta, ReviewedDocument Document)> Deltas { get; init; }

    /// <summary>Main specs of the capabilities that the change touches; a capability without one is absent.</summary>
    public required IReadOnlyDictionary<string, MainSpec> MainSpecs { get; init; }

    public ReviewedDocument? Proposal { get; init; }

    /// <summary>Sentences of the proposal, code and comments left out.</summary>
    public IReadOnlyList<Sentence> ProposalSentences { get; init; } = [];

    public ReviewedDocument? Tasks { get; init; }

    public ReviewedDocument? Design { get; init; }

    /// <summary>Every document of the change.</summary>
    public IEnumerable<ReviewedDocument> All => Deltas.Select(delta => delta.Document).Append(Proposal).Append(Design).Append(Tasks).OfType<ReviewedDocument>();
}

/// <summary>Reads a change for review.</summary>
internal static class ReviewedChangeReader
{
    public static ReviewedChange Read(OpenSpecProject project, ChangeDocuments documents)
    {
        var requirements = new List<ReviewedRequirement>();
        var deltas = new List<(string, DeltaSpec, ReviewedDocument)>();
        var mainSpecs = new Dictionary<string, MainSpec>(StringComparer.Ordinal);
        foreach (var (capability, document) in documents.DeltaSpecs)
        {
            var delta = document.Content;
            var reviewed = new ReviewedDocument(Relative(documents.Id, document.Path), delta.Source);
            deltas.Add((capability, delta, reviewed));
            var main = project.ReadSpec(capability)?.Content;
            if (main is not null)
                mainSpecs[capability] = main;
            requirements.AddRange(delta.Added.Select(block => RequirementReader.Read(reviewed, capability, DeltaOperation.Added, block, null)));
            requirements.AddRange(ReadModified(reviewed, capability, delta, main));
        }

        var proposal = documents.Proposal is { } file ? new ReviewedDocument(Relative(documents.Id, file.Path), file.Content.Source) : null;
        return new ReviewedChange(documents, project)
        {
            Requirements = requirements,
            Deltas = deltas,
            MainSpecs = mainSpecs,
            Proposal = proposal,
            ProposalSentences = proposal is null ? [] : SentencesOf(proposal),
            Design = documents.Design is { } design ? new ReviewedDocument(Relative(documents.Id, design.Path), design.Content.Source) : null,
            Tasks = documents.Tasks is { } tasks ? new ReviewedDocument(Relative(documents.Id, tasks.Path), TextDocument.Parse(tasks.Text)) : null,
        };
    }

    /// <summary>Path of a file relative to its change folder.</summary>
    public static string Relative(string change, string path)
    {
        var prefix = "changes/" + change + "/";
        return path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path;
    }

    private static IEnumerable<ReviewedRequirement> ReadModified(ReviewedDocument document, string capability, DeltaSpec delta, MainSpec? main)
    {
        var mainDocument = main is null || delta.Modified.Count == 0 ? null : new ReviewedDocument("specs/" + capability + "/spec.md", main.Source);
        var oldNames = delta.Renamed.DistinctBy(pair => pair.To, StringComparer.Ordinal).ToDictionary(pair => pair.To, pair => pair.From, StringComparer.Ordinal);
        foreach (var block in delta.Modified)
        {
            var old = main?.FindRequirement(block.Name) ?? main?.FindRequirement(oldNames.GetValueOrDefault(block.Name, block.Name));
            var known = old is null ? null : RequirementReader.SentencesOf(mainDocument!, old);
            yield return RequirementReader.Read(document, capability, DeltaOperation.Modified, block, known);
        }
    }

    private static List<Sentence> SentencesOf(ReviewedDocument document)
    {
        var sentences = new List<Sentence>();
        ParagraphReader.Read(document, 0, document.Text.Length, SentencePlace.Other, sentences);
        return sentences;
    }
}
