namespace Workflow.Changes;

/// <summary>Takes hints from any thread. Never waits, never throws.</summary>
internal interface IHintSink
{
    /// <summary>Something happened in a change.</summary>
    void Touched(ChangeId id);

    /// <summary>Something happened that may concern every change: the changes folder or one of its parents came, went or was replaced.</summary>
    void TreeTouched();

    /// <summary>Hints were lost, or will not come any more.</summary>
    void Broken(Exception error);
}

/// <summary>Where file events come from. They are hints: they may be late, double, wrong, or missing.</summary>
internal interface IFileHints
{
    /// <summary>Begins to watch what exists now; the result watches until it is disposed.</summary>
    /// <exception cref="IOException">The system has no more watches to give.</exception>
    IDisposable Watch(IHintSink sink);
}
