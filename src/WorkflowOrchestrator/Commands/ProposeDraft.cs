using OpenSpec;
using OpenSpec.Editing;

namespace Workflow.Commands;

/// <summary>What <c>wo propose</c> is asked for.</summary>
/// <param name="Title">What the change does.</param>
/// <param name="Why">The reason; null to leave a text to replace.</param>
/// <param name="Capability">Capability path; null for one named like the change.</param>
/// <param name="Id">Change id; null to make one of the title.</param>
internal sealed record ProposeRequest(string Title, string? Why, string? Capability, string? Id);

/// <summary>
/// What a new change says before its author has edited it. Texts to replace begin with <c>TODO</c>, so that people, editors and the built-in reviewer find them;
/// only the purpose of a new capability does not, because OpenSpec's strict mode refuses that there.
/// </summary>
internal abstract record ProposeDraft
{
    private const int MaxTitle = 200;

    private ProposeDraft()
    {
    }

    /// <summary>A change for the writer.</summary>
    public sealed record Drafted(NewChange Change) : ProposeDraft;

    /// <summary>The request cannot be met.</summary>
    /// <param name="Code">What is wrong, for programs.</param>
    /// <param name="Message">What is wrong and what to do.</param>
    public sealed record Faulty(string Code, string Message) : ProposeDraft;

    /// <summary>Drafts a change.</summary>
    public static ProposeDraft Create(ProposeRequest request, OpenSpecProject project, DateOnly today)
    {
        var title = request.Title.Trim();
        if (title.Length is 0 or > MaxTitle || title.Any(char.IsControl))
            return new Faulty("bad_title", $"A title is one line of 1 to {MaxTitle} characters; this one has {title.Length}{(title.Any(char.IsControl) ? ", among them control characters" : "")}.");
        var id = request.Id ?? ChangeWriter.IdFrom(title);
        if (id.Length == 0)
            return new Faulty("bad_title", request.Id is null ? $"No change id can be made of \"{title}\". Give one with --id: lower-case letters and digits, joined by single hyphens." : "A change id must not be empty.");
        if (ChangeWriter.CheckId(id) is { } fault)
            return new Faulty("bad_id", fault);
        var capability = request.Capability ?? id;
        var isNew = !project.SpecIds().Contains(capability, StringComparer.Ordinal);
        return new Drafted(new(
            id,
            today,
            title,
            request.Why ?? "TODO: say what is wrong or missing today, for whom, and why it is worth changing now.",
            [title],
            [new(capability, isNew ? $"What {capability} is for, told in one or two sentences to somebody who is new here: replace this text." : null, [Requirement(title)], [], [])],
            [new("Build", [$"{title}: built, with a test for each scenario"]), new("Check", [$"`openspec validate {id} --strict` passes"])])
        {
            MoreSections = [("Impact", "TODO: name the code, interfaces and people that this touches.")],
        });
    }

    /// <summary>What the author does with the files, in order.</summary>
    public static IReadOnlyList<string> NextSteps(NewChange change, ProposeRequest request)
    {
        var (root, delta) = ($"openspec/changes/{change.Id}", change.Deltas[0]);
        return
        [
            $"{root}/proposal.md: {(request.Why is null ? "say why, " : "")}complete what changes and its impact.",
            $"{root}/specs/{delta.Capability}/spec.md: {(delta.Purpose is null ? "" : "say what the new capability is for; ")}write what the system SHALL do and how one sees it (WHEN, THEN).",
            $"{root}/tasks.md: list the steps, each with how it is verified.",
            $"wo validate {change.Id} --strict",
        ];
    }

    private static NewRequirement Requirement(string title) => new(
        title,
        "The system SHALL TODO: one behaviour that can be observed from outside, with its limits as numbers.",
        [new("The usual case", "TODO: what somebody does, and in which situation", ["TODO: what can be observed afterwards"])]);
}
