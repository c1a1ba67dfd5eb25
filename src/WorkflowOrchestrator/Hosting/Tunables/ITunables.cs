namespace Workflow.Hosting.Tunables;

/// <summary>The one place where services read the settings that the feedback loop may move. Reading costs a dictionary look-up.</summary>
internal interface ITunables
{
    /// <summary>The value in force now, as a whole number.</summary>
    int Integer(Tunable tunable);

    /// <summary>Calls back after values have changed; dispose the result to end that. The handler neither waits nor throws.</summary>
    IDisposable OnChange(Action handler);
}
