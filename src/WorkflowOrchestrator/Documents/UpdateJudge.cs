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
    internal sealed record ToWrite(PreparedWrite Write) : Judgement;

    /// <summary>It goes no further, or waits for a person.</summary>
    /// <param name="Update">The update.</param>
    /// <param name="State">Held, Refused, Superseded, Withdrawn or Shadowed.</param>
    /// <param name="Why">For people.</param>
    internal sealed record NotWritten(StoredUpdate Update, UpdateState State, string? Why) : Judgement
    {
        /// <summary>What it would do, when that is kept with it; null when it could not be worked out.</summary>
        public PreparedUpdate? Prepared { get; init; }
    }
}

/// <summary>
/// Decides about planned updates of one change that could be written together: works them out against the documents as they stand, then asks the policy and
/// the gate. Stores nothing.
/// </summary>
internal sealed class UpdateJudge(IStore store, Repository repository, CurrentSettings settings, UpdateGate gate, PolicyFactsReader facts)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);

    /// <summary>Judges updates of one revision that touch different documents; the judgements are in their order.</summary>
    public IReadOnlyList<Judgement> Judge(IReadOnlyList<StoredUpdate> updates)
    {
        var judgements = new Judgement[updates.Count];
        var prepared = new List<(int Index, UpdatePlan Plan, PreparedUpdate Prepared)>();
        for (var i = 0; i < judgements.Length; i++)
        {
            Failpoint.Hit(DocumentFailpoints.AfterPlanned);
            var plan = updates[i].ToPlan();
            if (Prepare(updates[i], plan, out var ended) is { } update)
                prepared.Add((i, plan, update));
            else
                judgements[i] = ended!;
        }

        var change = updates[0].Record.Change;
        var unasked = 0; // to be written before, and nobody asked for them
        var known = facts.Read(change, [.. prepared.Select(one => (one.Plan, one.Prepared))]);
        for (var i = 0; i < known.Count; i++)
        {
            var (index, plan, update) = prepared[i];
            judgements[index] = Decide(updates[index], plan, update, known[i] with { UpdatesLastHour = known[i].UpdatesLastHour + unasked });
            if (judgements[index] is Judgement.ToWrite { Write.Record: { DecidedBy: null, Kinds: not UpdateKinds.ReviewReport } })
                unasked++;
        }

        PassGate(judgements, gate.Open(change));
        return judgements;
    }

    // What is written together becomes one commit, so it is validated together. Only when that would be worse, each is looked at alone, to find the one at fault.
    private static void PassGate(Judgement[] judgements, ChangeGate gate)
    {
        var together = judgements.OfType<Judgement.ToWrite>().ToArray();
        PreparedUpdate[] updates = [.. together.Where(one => one.Write.Record.Undoes is null).Select(one => one.Write.Prepared)];
        gate.Accept([.. together.Where(one => one.Write.Record.Undoes is not null).Select(one => one.Write.Prepared)]); // taking back is always allowed
        var isAllowed = gate.Check(updates) is null;
        if (isAllowed)
            gate.Accept(updates);
        for (var i = 0; i < judgements.Length; i++)
        {
            var isDecided = isAllowed && judgements[i] is Judgement.ToWrite;
            if (isDecided || PlanOf(judgements[i]) is not { } plan)
                continue;
            if (gate.Check(plan.Prepared) is { } worse)
                judgements[i] = new Judgement.NotWritten(plan.Update, UpdateState.Refused, worse) { Prepared = plan.Prepared };
            else if (judgements[i] is Judgement.ToWrite)
                gate.Accept(plan.Prepared);
        }
    }

    // What has to pass the gate: also what is only held or recorded, so that nobody approves what would be refused.
    private static PreparedWrite? PlanOf(Judgement judgement) => judgement switch
    {
        Judgement.ToWrite { Write: { Record.Undoes: null } write } => write,
        Judgement.NotWritten { State: not UpdateState.Refused, Update: { Record.Undoes: null } update, Prepared: { } prepared } => new PreparedWrite(update, prepared),
        _ => null,
    };

    // Works an update out; or says how it ends because that is impossible.
    private PreparedUpdate? Prepare(StoredUpdate update, UpdatePlan plan, out Judgement? ended)
    {
        ended = null;
        if (!TryReadDocuments(update.Record, plan, out var current, out var refusal))
        {
            ended = new Judgement.NotWritten(update, refusal.IsMissing ? UpdateState.Superseded : UpdateState.Refused, refusal.Why);
            return null;
        }

        switch (UpdatePreparer.Prepare(plan, current, (path, text) => Rebase(update, plan, path, text)))
        {
            case Preparation.Complete complete:
                return complete.Update;
            case Preparation.Refused refused:
                ended = new Judgement.NotWritten(update, UpdateState.Refused, refused.Why);
                return null;
            case Preparation.BaseMoved moved when update.Record.DecidedBy is not null:
                ended = new Judgement.NotWritten(update, UpdateState.Withdrawn, $"{moved.Why}, in the same place");
                return null;
            case Preparation.BaseMoved moved:
                ended = new Judgement.NotWritten(update, UpdateState.Superseded, moved.Why);
                return null;
            default:
                throw new InvalidOperationException("Unknown preparation.");
        }
    }

    private static Judgement Decide(StoredUpdate update, UpdatePlan plan, PreparedUpdate prepared, PolicyFacts facts)
    {
        var verdict = UpdatePolicy.Decide(plan, prepared, facts);
        var seen = update with { Record = update.Record with { Kinds = verdict.Kinds, Files = [.. prepared.Files.Select(file => file.Summary)] } };
        return verdict switch
        {
            UpdateVerdict.MayApply => new Judgement.ToWrite(new PreparedWrite(seen, prepared)),
            UpdateVerdict.Hold hold => new Judgement.NotWritten(seen, UpdateState.Held, hold.Why) { Prepared = prepared },
            UpdateVerdict.OnlyRecord => new Judgement.NotWritten(seen, UpdateState.Shadowed, null) { Prepared = prepared },
            UpdateVerdict.Refuse refuse => new Judgement.NotWritten(seen, UpdateState.Refused, refuse.Why) { Prepared = prepared },
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
