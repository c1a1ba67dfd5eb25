using System.CommandLine;
using Workflow.Commands;
using Workflow.Hosting;

var root = new RootCommand("WorkflowOrchestrator: reviews the OpenSpec changes of a repository, asks what is unclear, and writes the answers back.")
{
    CommonOptions.Repo,
    CommonOptions.Config,
    CommonOptions.Set,
    ConfigCommand.Create(),
    ValidateCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("'wo --help' lists the commands; 'wo COMMAND --help' explains one.");
    return ExitCodes.WrongUsage;
}

return await parsed.InvokeAsync();
