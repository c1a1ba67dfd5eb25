using System.CommandLine;

namespace Workflow.Commands;

/// <summary><c>wo completion SHELL</c>: a script for the shell. It asks the program itself (System.CommandLine's <c>[suggest]</c>), so it never goes out of date.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion of wo. Made by: wo completion bash
        _wo_complete() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(wo "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _wo_complete wo

        """;

    private const string Zsh = """
        #compdef wo
        # zsh completion of wo. Made by: wo completion zsh
        _wo() {
            local -a found
            found=("${(@f)$(wo "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
        }
        compdef _wo wo

        """;

    private const string Fish = """
        # fish completion of wo. Made by: wo completion fish
        complete -f -c wo -a '(wo "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'

        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print the completion script of a shell. Example: wo completion bash > ~/.local/share/bash-completion/completions/wo") { shell };
        command.SetAction(result => Console.Write(result.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
