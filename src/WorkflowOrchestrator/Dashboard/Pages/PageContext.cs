using Workflow.Dashboard.Access;
using Workflow.Hosting;

namespace Workflow.Dashboard.Pages;

/// <summary>What every page shows around its own content.</summary>
/// <param name="Title">Name of the page.</param>
/// <param name="Path">Its address, with the query: where a form leads back to.</param>
/// <param name="Section">The entry of the navigation that it belongs to: its address.</param>
/// <param name="Session">The browser's session; null: it may only read.</param>
/// <param name="Health">The daemon's health.</param>
/// <param name="Questions">Questions that wait for a person.</param>
/// <param name="Updates">Updates that wait for a person.</param>
/// <param name="LastEvent">The last event that the page can have seen.</param>
/// <param name="Notice">What was just done, as a word.</param>
/// <param name="Now">The present.</param>
internal sealed record PageContext(
    string Title, string Path, string Section, DashboardSession? Session, DaemonHealth Health, int Questions, int Updates, long LastEvent, string? Notice, DateTimeOffset Now)
{
    /// <summary>Name of the repository's folder.</summary>
    public string Repository => System.IO.Path.GetFileName(Health.Repository);

    public bool MayDecide => Session is not null;
}
