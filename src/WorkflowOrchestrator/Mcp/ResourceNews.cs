using Platform.Mcp;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Mcp;

/// <summary>Tells subscribers what has changed, from the events of the store.</summary>
internal sealed class ResourceNews(EventHub events, McpSubscriptions subscriptions) : IHostedService, IDisposable
{
    private IDisposable? _events;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _events = events.Subscribe(Tell);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _events?.Dispose();

    private void Tell(WorkflowEvent committed)
    {
        if (subscriptions.Count == 0)
            return;
        switch (committed.Type)
        {
            case EventTypes.RouteTried:
                break; // changes nothing that can be read
            case EventTypes.QuestionAsked:
                subscriptions.ListChanged();
                QuestionChanged(committed);
                break;
            case EventTypes.RevisionDetected or EventTypes.RevisionKnown or EventTypes.UpdateApplied or EventTypes.UpdateUndone or EventTypes.ChangeGone or EventTypes.ChangeReturned:
                DocumentsChanged(committed);
                break;
            default:
                if (committed.Type.StartsWith("question.", StringComparison.Ordinal))
                    QuestionChanged(committed);
                break;
        }
    }

    private void QuestionChanged(WorkflowEvent committed)
    {
        subscriptions.Updated(ResourceAddress.AllQuestions);
        if (committed.Subject is { } id)
            subscriptions.Updated($"question://{id}");
    }

    // Which of its files it was is not told; and there may be new ones among them.
    private void DocumentsChanged(WorkflowEvent committed)
    {
        if (!ChangeId.TryParse(committed.Change, out var change))
            return;
        subscriptions.ListChanged();
        subscriptions.UpdatedUnder(ResourceAddress.Under(change));
    }
}
