using Platform.Files;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>What is to become of a planned update.</summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>It is to be written.</summary>
    internal sealed record Apply(PreparedWrite Write) : Judgement;

    /// <summary>It goes no further, or waits for a person.</summary>
    /// <param name="Update">The update.</param>
    /// <param name="State">Held, Refused, Superseded, Withdrawn or Shadowed.</param>
    /// <param name="Why">For people.</param>
    internal sealed record End(StoredUpdate Update, UpdateState State, string? Why) : Judgement
    {
        /// <summary>What it would do, when that is kept with it; null when it could not be worked out.</summary>
        public PreparedUpdate? Prepared { get; init; }
    }
}

/// <summary>
/// Decides about planned updates of one change that could be written together: works them out against the documents as they stand, then asks the gate and the
/// policy. Each is looked at as if those accepted before it were written. Stores nothing.
/// </summary>
internal sealed class UpdateJudge(IStore store, Repository repository, CurrentSettings settings, UpdateGate gate, PolicyFactsReader facts)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);

    /// <summary>Judges updates of one revision that touch different documents, in their order.</summary>
    public IReadOnlyList<Judgement> Judge(IReadOnlyList<StoredUpdate> updates)
    {
        var judgements = new List<Judgement>(updates.Count);
        var changeGate = gate.Open(updates[0].Record.Change);
        var unasked = 0;
        foreach (var update in updates)
        {
            Failpoint.Hit(DocumentFailpoints.AfterPlanned);
            var judgement = Judge(update, changeGate, unasked);
            judgements.Add(judgement);
            if (judgement is not Judgement.Apply { Write: var write })
                continue;
            changeGate.Accept(write.Prepared);
            if (write.Record is { DecidedBy: null, Kinds: not UpdateKinds.ReviewReport })
                unasked++;
        }

        return judgements;
    }

    private Judgement Judge(StoredUpdate update, ChangeGate changeGate, int unasked)
    {
        var plan = update.ToPlan();
        if (!TryReadDocuments(update.Record, plan, out var current, out var refusal))
            return new Judgement.End(update, refusal.IsMissing ? UpdateState.Superseded : UpdateState.Refused, refusal.Why);
        return UpdatePreparer.Prepare(plan, current, (path, text) => Rebase(update, plan, path, text)) switch
        {
            Preparation.Refused refused => new Judgement.End(update, UpdateState.Refused, refused.Why),
            Preparation.BaseMoved moved when update.Record.DecidedBy is not null => new Judgement.End(update, UpdateState.Withdrawn, $"{moved.Why}, in the same place"),
            Preparation.BaseMoved moved => new Judgement.End(update, UpdateState.Superseded, moved.Why),
            Preparation.Complete { Update: var prepared } => Decide(update, plan, prepared, changeGate, unasked),
            _ => throw new InvalidOperationException("Unknown preparation."),
        };
    }

    private Judgement Decide(StoredUpdate update, UpdatePlan plan, PreparedUpdate prepared, ChangeGate changeGate, int unasked)
    {
        var verdict = plan.Undoes is null && changeGate.Check(prepared) is { } worse
            ? new UpdateVerdict.Refuse(plan.Kinds, worse)
            : UpdatePolicy.Decide(plan, prepared, facts.Read(plan, prepared, unasked));
        var seen = update with { Record = update.Record with { Kinds = verdict.Kinds, Files = [.. prepared.Files.Select(file => file.Summary)] } };
        return verdict switch
        {
            UpdateVerdict.MayApply => new Judgement.Apply(new PreparedWrite(seen, prepared)),
            UpdateVerdict.Hold hold => new Judgement.End(seen, UpdateState.Held, hold.Why) { Prepared = prepared },
            UpdateVerdict.OnlyRecord => new Judgement.End(seen, UpdateState.Shadowed, null) { Prepared = prepared },
            UpdateVerdict.Refuse refuse => new Judgement.End(seen, UpdateState.Refused, refuse.Why) { Prepared = prepared },
            _ => throw new InvalidOperationException("Unknown verdict."),
        };
    }

    private bool TryReadDocuments(UpdateRecord update, UpdatePlan plan, out Dictionary<DocumentPath, byte[]?> current, out (string Why, bool IsMissing) refusal)
    {
        current = [];
        refusal = default;
        foreach (var edit in plan.Files)
        {
            var check = _guard.Check(plan.Change, edit.Path, edit.BaseHash is null ? update.MayCreate : MissingFolders.None);
            if (check is GuardResult.Refused refused)
            {
                refusal = (refused.Why, refused.IsMissing);
                return false;
            }

            try
            {
                current[edit.Path] = AtomicFile.Read(((GuardResult.Allowed)check).Path.Absolute, settings.Connection.MaxFileBytes);
            }
            catch (FileRefusedException error)
            {
                refusal = ($"{edit.Path} {error.Reason}", false);
                return false;
            }
        }

        return true;
    }

    // Three-way merge of an update into what its document has become, if they do not touch each other. What the plan was made from is known when it was
    // held before, or when another update of the same revision kept it.
    private string? Rebase(StoredUpdate update, UpdatePlan plan, DocumentPath path, string current)
    {
        var edit = plan.Files.Single(candidate => candidate.Path == path);
        var kept = update.Record.Files.FirstOrDefault(file => file.Path == path.Value);
        var (before, after) = store.Read(view => (DocumentBlob.FindText(view, edit.BaseHash), DocumentBlob.FindText(view, kept?.NewHash)));
        if (before is null)
            return null;
        after ??= UpdatePreparer.Apply(edit, before);
        return after is not null && LineMerge.Merge(before, current, after) is MergeResult.Merged merged ? merged.Text : null;
    }
}
