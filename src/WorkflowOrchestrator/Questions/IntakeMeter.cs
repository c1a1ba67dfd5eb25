namespace Workflow.Questions;

/// <summary>
/// Tells whether questions come in so fast that taking them in goes before routing them: both need the one writer of the store, and whoever asks waits for
/// his id.
/// </summary>
internal sealed class IntakeMeter(TimeProvider time)
{
    /// <summary>After so long without a question a rush is over for certain.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(100);

    // Two hundred a second: more than people and their agents ask, less than the store takes in.
    private const int ManyInAWindow = 20;

    private readonly Lock _gate = new();
    private long _start = time.GetTimestamp();
    private int _count;
    private int _before;

    /// <summary>Whether many came in the last moment.</summary>
    public bool IsRush
    {
        get
        {
            lock (_gate)
            {
                Roll();
                return _count >= ManyInAWindow || _before >= ManyInAWindow;
            }
        }
    }

    /// <summary>One came in.</summary>
    public void Count()
    {
        lock (_gate)
        {
            Roll();
            _count++;
        }
    }

    private void Roll()
    {
        var passed = time.GetElapsedTime(_start);
        if (passed < s_window)
            return;
        _before = passed < 2 * s_window ? _count : 0;
        _count = 0;
        _start = time.GetTimestamp();
    }
}
