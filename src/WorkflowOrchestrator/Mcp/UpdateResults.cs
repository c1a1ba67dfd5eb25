using Workflow.Documents;
using Workflow.Documents.History;

namespace Workflow.Mcp;

/// <summary>A document of an update in the result of <c>get_update</c>.</summary>
internal sealed record UpdateTextItem(string Path, string? Before, string? After);

/// <summary>Something that happened to a document.</summary>
/// <param name="By"><c>update</c> or <c>human</c>.</param>
/// <param name="After">An edit by people happened after this time; null: before the first update.</param>
/// <param name="At">When it happened; for an edit by people the end of the time in which it did; null: since the last update.</param>
internal sealed record HistoryItem(
    string Path, string By, DateTimeOffset? After, DateTimeOffset? At, int LinesAdded, int LinesRemoved, string? UpdateId, UpdateState? State, string? Reason, string? Model, string? DecidedBy, string? Commit, IReadOnlyList<string> Questions)
{
    public static HistoryItem From(HistoryEntry entry) => entry switch
    {
        HistoryEntry.ByUpdate { Update: var update } => new(
            entry.Path, "update", null, entry.At, entry.LinesAdded, entry.LinesRemoved, update.Id.Value, update.State, update.Reason, update.Model, update.DecidedBy, update.Commit, update.QuestionIds),
        HistoryEntry.ByHuman human => new(entry.Path, "human", human.After, human.Before, entry.LinesAdded, entry.LinesRemoved, null, null, null, null, null, null, []),
        _ => throw new InvalidOperationException("An entry of a kind that is not known."),
    };
}

/// <summary>A person's verdict about a change.</summary>
/// <param name="IsCurrent">The change still stands as it did then.</param>
internal sealed record ApprovalItem(string Change, ApprovalState State, string By, string? Reason, string Revision, DateTimeOffset At, bool IsCurrent);

/// <summary>Result of <c>get_change_history</c>.</summary>
/// <param name="Updates">Every update of the change, whatever became of it, oldest first.</param>
/// <param name="Entries">What updates and people did to each document, oldest first.</param>
/// <param name="Approval">The last verdict about the change.</param>
internal sealed record ChangeHistoryResult(IReadOnlyList<UpdateItem> Updates, IReadOnlyList<HistoryItem> Entries, ApprovalItem? Approval);

/// <summary>A hand in the wording of a line.</summary>
/// <param name="By"><c>update</c> or <c>human</c>.</param>
/// <param name="Restored">The update was an undo, which brought an older line back.</param>
/// <param name="AfterUpdate">People edited it after this update.</param>
internal sealed record LineOriginItem(string By, bool Restored, UpdateItem? Update, string? AfterUpdate, string? BeforeUpdate, IReadOnlyList<QuestionItem> Questions)
{
    public static LineOriginItem From(LineOrigin origin) => origin switch
    {
        LineOrigin.ByUpdate update => new("update", update.IsRestored, UpdateItem.From(update.By), null, null, [.. update.Questions.Select(QuestionItem.From)]),
        LineOrigin.ByHuman human => new("human", false, null, human.After?.Id.Value, human.Before?.Id.Value, []),
        _ => throw new InvalidOperationException("An origin of a kind that is not known."),
    };
}

/// <summary>Result of <c>explain_line</c>.</summary>
/// <param name="Origins">Newest first: the first wrote the line as it stands now.</param>
/// <param name="Cut">Older versions are no longer kept.</param>
internal sealed record LineResult(string Change, string Path, int Line, string Text, IReadOnlyList<LineOriginItem> Origins, bool Cut);

/// <summary>A place that an update would have changed.</summary>
internal sealed record ShadowPlaceItem(string Path, int Line, ShadowVerdict Verdict, string Would, string? Is);

/// <summary>An update that was only recorded.</summary>
internal sealed record ShadowItem(string UpdateId, string Change, string Reason, DateTimeOffset PlannedAt, IReadOnlyList<ShadowPlaceItem> Places);

/// <summary>Result of <c>get_shadow_report</c>.</summary>
/// <param name="Same">Places where people wrote the same.</param>
/// <param name="Agreement">Share of the places that people changed at all in which they wrote the same; null when they changed none.</param>
internal sealed record ShadowResult(IReadOnlyList<ShadowItem> Updates, int Same, int Otherwise, int Untouched, int Gone, double? Agreement)
{
    public static ShadowResult From(IReadOnlyList<ShadowedUpdate> updates)
    {
        var verdicts = updates.SelectMany(update => update.Places).Select(place => place.Verdict).ToList();
        int Count(ShadowVerdict verdict) => verdicts.Count(one => one == verdict);
        var (same, otherwise) = (Count(ShadowVerdict.Same), Count(ShadowVerdict.Otherwise));
        return new ShadowResult(
            [.. updates.Select(one => new ShadowItem(
                one.Update.Id.Value, one.Update.Change.Value, one.Update.Reason, one.Update.PlannedAt, [.. one.Places.Select(place => new ShadowPlaceItem(place.Path, place.Line, place.Verdict, place.Would, place.Is))]))],
            same,
            otherwise,
            Count(ShadowVerdict.Untouched),
            Count(ShadowVerdict.Gone),
            same + otherwise == 0 ? null : (double)same / (same + otherwise));
    }
}
