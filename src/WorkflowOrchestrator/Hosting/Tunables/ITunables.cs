namespace Workflow.Hosting.Tunables;

/// <summary>The one place where services read the settings that the feedback loop may move. Reading costs a dictionary look-up.</summary>
internal interface ITunables
{
    /// <summary>The value in force now, as a whole number.</summary>
    int Integer(Tunable tunable);

    /// <summary>The same for one item: in the canary phase of a quality tunable only a part of the items gets the new value.</summary>
    int Integer(Tunable tunable, string item) => Integer(tunable);

    /// <summary>Calls back after values have changed; dispose the result to end that. The handler neither waits nor throws.</summary>
    IDisposable OnChange(Action handler);
}
