using Platform.Logging;

namespace Workflow.Hosting;

/// <summary>Gives <c>logging.level</c> to the log at a reload.</summary>
internal sealed class LogLevelFollower(LogLevelControl control) : ISettingsFollower
{
    public void Follow(OrchestratorSettings settings) => control.Set(settings.Logging.Level);
}
