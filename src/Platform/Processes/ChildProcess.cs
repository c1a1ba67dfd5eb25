using System.Diagnostics;
using System.Text;

namespace Platform.Processes;

/// <summary>How to run a program: an argument list (no shell), a folder, and what to change in the environment (null removes a variable).</summary>
public sealed record ChildProcessCall(string FileName, IReadOnlyList<string> Arguments, string WorkingFolder, TimeSpan Timeout)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Variables for which this says yes are not inherited.</summary>
    public Func<string, bool>? DropVariable { get; init; }

    /// <summary>What it reads on its standard input, as UTF-8; nothing by default.</summary>
    public string Input { get; init; } = "";

    /// <summary>Most bytes kept of each stream; the rest is read and dropped.</summary>
    public int MaxOutputBytes { get; init; } = 4 * 1024 * 1024;
}

/// <summary>What a program did.</summary>
/// <param name="ExitCode">Its exit code; meaningless when <paramref name="TimedOut"/>.</param>
/// <param name="Output">Standard output, decoded as UTF-8.</param>
/// <param name="Error">Standard error.</param>
/// <param name="TimedOut">It, with everything that it had started, was ended at the time limit: asked, and killed two seconds later.</param>
/// <param name="Truncated">One of the streams was longer than what was kept.</param>
public sealed record ChildProcessResult(int ExitCode, string Output, string Error, bool TimedOut, bool Truncated);

/// <summary>Runs programs: both pipes are drained, standard input is what the call says, the time is limited, and the whole tree dies with it.</summary>
public static class ChildProcess
{
    // How long output may still come after the end of the program: a grandchild can hold the pipe open for ever.
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program does not exist or cannot be started.</exception>
    public static async Task<ChildProcessResult> RunAsync(ChildProcessCall call, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(call) };
        process.Start();
        var output = new BoundedOutput(call.MaxOutputBytes);
        var error = new BoundedOutput(call.MaxOutputBytes);
        using var drain = new CancellationTokenSource();
        var pipes = Task.WhenAll(
            output.CopyFromAsync(process.StandardOutput.BaseStream, drain.Token),
            error.CopyFromAsync(process.StandardError.BaseStream, drain.Token),
            FeedAsync(process.StandardInput.BaseStream, call.Input, drain.Token)); // beside the reading: a program that answers before it has read all must not block
        var timedOut = await WaitAsync(process, call.Timeout, cancellationToken).ConfigureAwait(false);
        drain.CancelAfter(s_drainTime);
        await pipes.ConfigureAwait(false);
        return new ChildProcessResult(timedOut ? -1 : process.ExitCode, output.ToString(), error.ToString(), timedOut, output.Truncated || error.Truncated);
    }

    private static async Task FeedAsync(Stream stream, string input, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                if (input.Length > 0) await stream.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It does not want to read it, or has ended.
        }
    }

    private static ProcessStartInfo StartInfo(ChildProcessCall call)
    {
        var info = new ProcessStartInfo(call.FileName, call.Arguments)
        {
            WorkingDirectory = call.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (call.DropVariable is { } drop)
        {
            foreach (var name in info.Environment.Keys.Where(drop).ToArray())
                info.Environment.Remove(name);
        }

        foreach (var (name, value) in call.Environment)
            info.Environment[name] = value;
        return info;
    }

    private static async Task<bool> WaitAsync(Process process, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException)
        {
            await ProcessTree.EndAsync(process).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
    }

    private sealed class BoundedOutput(int limit)
    {
        private readonly List<byte> _kept = [];

        public bool Truncated { get; private set; }

        public async Task CopyFromAsync(Stream stream, CancellationToken cancellationToken)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    var room = Math.Min(read, limit - _kept.Count);
                    _kept.AddRange(buffer.AsSpan(0, room));
                    Truncated |= room < read;
                }
            }
            catch (OperationCanceledException)
            {
                Truncated = true; // something still holds the pipe; what came so far counts
            }
        }

        public override string ToString() => Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_kept));
    }
}
