using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Testing;

/// <summary>A program that a test has started: its output, its end, and every way to stop it. Disposing kills it with all that it started.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private const int Sighup = 1;
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);
    private static readonly (int Stop, int Continue) s_pause = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasExited;

    private RunningProgram(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => Volatile.Read(ref _hasExited);

    /// <summary>What it wrote so far, to both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingFolder">Where it starts.</param>
    /// <param name="environment">The whole environment that it sees.</param>
    public static RunningProgram Start(string fileName, IEnumerable<string> arguments, string workingFolder, IReadOnlyDictionary<string, string> environment)
    {
        var info = new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment.Clear();
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var program = new RunningProgram(new Process { StartInfo = info, EnableRaisingEvents = true });
        program.Run();
        return program;
    }

    /// <summary>SIGKILL for this process alone: what it started lives on, as after a crash.</summary>
    public async Task KillAsync()
    {
        Signal(Sigkill);
        await WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still until <see cref="Resume"/>.</summary>
    public void Suspend() => Signal(s_pause.Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(s_pause.Continue);

    /// <summary>SIGHUP.</summary>
    public void Hangup() => Signal(Sighup);

    /// <summary>SIGTERM, and waits for the end. Returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal(Sigterm);
        return await WaitForExitAsync();
    }

    /// <summary>Waits for the end and returns the exit code (128 + signal after a signal).</summary>
    /// <exception cref="TimeoutException">It goes on.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        var limit = timeout ?? Eventually.DefaultTimeout;
        try
        {
            return await _exited.Task.WaitAsync(limit);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} still runs after {limit.TotalSeconds:0} s. Its output:\n{Output}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!HasExited)
                _process.Kill(entireProcessTree: true);
            await WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }

        _process.Dispose();
    }

    private void Run()
    {
        var (output, error) = (new TaskCompletionSource(), new TaskCompletionSource());
        _process.OutputDataReceived += (_, line) => Append(line.Data, output);
        _process.ErrorDataReceived += (_, line) => Append(line.Data, error);
        _process.Exited += (_, _) => _ = EndAsync(_process.ExitCode, Task.WhenAll(output.Task, error.Task));
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    // Its last words come a little later than its end; or never, when something that it started goes on and holds the pipes.
    private async Task EndAsync(int code, Task outputEnds)
    {
        Volatile.Write(ref _hasExited, true);
        await Task.WhenAny(outputEnds, Task.Delay(s_lastWords));
        _exited.TrySetResult(code);
    }

    private void Append(string? line, TaskCompletionSource end)
    {
        if (line is null)
        {
            end.TrySetResult();
            return;
        }

        lock (_output)
            _output.AppendLine(line);
    }

    private void Signal(int signal)
    {
        if (!HasExited)
            _ = Kill(_process.Id, signal);
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; this call passes two numbers.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
#pragma warning restore SYSLIB1054
}
