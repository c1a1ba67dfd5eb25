using System.CommandLine;
using Platform.Processes;
using Workflow.Commands;
using Workflow.Commands.Demo;
using Workflow.Commands.Doctor;
using Workflow.Hosting;

NativeHeap.Bound();

var root = new RootCommand("WorkflowOrchestrator: reviews the OpenSpec changes of a repository, asks what is unclear, and writes the answers back.")
{
    CommonOptions.Repo,
    CommonOptions.Config,
    CommonOptions.Set,
    RunCommand.Create(),
    StatusCommand.Create(),
    ChangesCommand.Create(),
    ShowCommand.Create(),
    ProcessCommand.Create(),
    ReviewCommand.Create(),
    QuestionsCommand.CreateList(),
    QuestionsCommand.CreateAnswer(),
    QuestionsCommand.CreateAsk(),
    UpdatesCommand.CreateList(),
    UpdatesCommand.CreateDiff(),
    ApproveCommand.Create(),
    UpdatesCommand.CreateReject(),
    UpdatesCommand.CreateUndo(),
    HistoryCommand.Create(),
    WhyCommand.Create(),
    ShadowCommand.Create(),
    DismissCommand.Create(),
    FeedbackCommand.Create(),
    ImprovementsCommand.CreateList(),
    ImprovementsCommand.CreateDecision(),
    ImprovementsCommand.CreateTunables(),
    ConfigCommand.Create(),
    McpCommand.Create(),
    ReloadCommand.Create(),
    EventsCommand.Create(),
    DashboardCommand.Create(),
    BackupCommand.CreateBackup(),
    BackupCommand.CreateRestore(),
    DoctorCommand.Create(),
    CompletionCommand.Create(),
    VersionCommand.Create(),
    DemoCommand.Create(),
    ProbeCommand.Create(),
    ReplayCommand.Create(),
    ValidateCommand.Create(),
    ProposeCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("'wo --help' lists the commands; 'wo COMMAND --help' explains one.");
    return ExitCodes.WrongUsage;
}

// After a signal a command has two seconds by default, then the process ends under the daemon's hands. A stop may take as long as its longest step.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(40) });
