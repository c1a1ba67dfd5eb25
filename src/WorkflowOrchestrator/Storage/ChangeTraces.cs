using System.Collections.Concurrent;
using System.Diagnostics;
using Workflow.Hosting;

namespace Workflow.Storage;

/// <summary>
/// One change, one trace: every span of the work on a revision, from its review to the commit, whichever service does it and over restarts, hangs below
/// one root. The root's context is stored with the revision, because the work hops over queues and processes where no ambient context survives.
/// </summary>
internal sealed class ChangeTraces(IStore store)
{
    // Revisions that are worked on are few; the rest is in the store.
    private const int CacheLimit = 1000;

    private readonly ConcurrentDictionary<(string Change, string Revision), ActivityContext> _roots = new();

    /// <summary>The trace of a revision; its root is made at the first call. Without a change or revision: a trace that gives ordinary spans.</summary>
    public async ValueTask<ChangeTrace> OpenAsync(string? change, string? revision, CancellationToken cancellationToken)
    {
        if (change is null || revision is null || !Instruments.Source.HasListeners())
            return default;
        if (!_roots.TryGetValue((change, revision), out var root))
        {
            if (_roots.Count >= CacheLimit)
                _roots.Clear();
            var parent = FindRoot(change, revision) ?? await CreateAsync(change, revision, cancellationToken);
            _roots[(change, revision)] = root = ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : default;
        }

        return new ChangeTrace(root, change, revision);
    }

    private string? FindRoot(string change, string revision) =>
        store.Read(reader => reader.First<string>("SELECT traceparent FROM change_trace WHERE change_id = @change AND revision = @revision", new { change, revision }));

    // Two services may come here at once: the first row stays, and both go on below it.
    private async Task<string?> CreateAsync(string change, string revision, CancellationToken cancellationToken)
    {
        var created = RootSpan(change, revision);
        if (created is not null)
        {
            await store.WriteAsync(
                transaction => transaction.Execute(
                    "INSERT INTO change_trace(change_id, revision, traceparent) VALUES(@change, @revision, @created) ON CONFLICT DO NOTHING", new { change, revision, created }),
                cancellationToken);
        }

        return FindRoot(change, revision);
    }

    private static string? RootSpan(string change, string revision)
    {
        var outer = Activity.Current;
        Activity.Current = null; // a root has no parent, whoever asks
        try
        {
            using var root = Instruments.Source.StartActivity("change");
            root?.SetTag("workflow.change", change).SetTag("workflow.revision", revision);
            return root?.Id;
        }
        finally
        {
            Activity.Current = outer;
        }
    }
}

/// <summary>The trace of one revision.</summary>
internal readonly record struct ChangeTrace(ActivityContext Root, string? Change, string? Revision)
{
    /// <summary>Starts a span right below the root; null when nobody listens. Names are listed in deploy/README.md.</summary>
    public Activity? Start(string name)
    {
        var activity = Instruments.Source.StartActivity(name, ActivityKind.Internal, Root);
        return Change is null ? activity : activity?.SetTag("workflow.change", Change).SetTag("workflow.revision", Revision is { Length: > 12 } hash ? hash[..12] : Revision);
    }
}
