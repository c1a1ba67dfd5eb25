using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Programs;
using Microsoft.Extensions.Logging;
using Platform.Sockets;

namespace McpOrchestrator.Agents.Tools;

/// <summary>
/// An MCP server as a child process, speaking over its standard input and output. These are pumped to a socket, so that the same transport with
/// the same limits serves it as any other server; the SDK's own has none, and leaves children behind (csharp-sdk #1836).
/// </summary>
internal sealed partial class ChildServer : IAsyncDisposable
{
    private const int LongestLine = 500;
    private static readonly TimeSpan s_timeToLeave = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly NetworkStream _ours;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pumps;
    private int _disposed;

    private ChildServer(Process process, Socket ours, string name, ILogger logger)
    {
        _process = process;
        _name = name;
        _logger = logger;
        _ours = new NetworkStream(ours, ownsSocket: true);
        _pumps = Task.WhenAll(FromChildAsync(), ToChildAsync(), ErrorsAsync());
    }

    /// <summary>Starts the program.</summary>
    /// <returns>The child, and the socket on which it speaks.</returns>
    /// <exception cref="McpUnreachableException">It cannot be started.</exception>
    internal static async Task<(ChildServer Child, Socket Socket)> StartAsync(ProgramCall program, string root, string name, ILogger logger, CancellationToken cancellationToken)
    {
        var (theirs, ours) = await SocketPair.CreateAsync(cancellationToken);
        var process = new Process { StartInfo = StartInfo(program, root) };
        try
        {
            process.Start();
            return (new ChildServer(process, ours, name, logger), theirs);
        }
        catch (Exception e) when (e is Win32Exception or DirectoryNotFoundException)
        {
            process.Dispose();
            ours.Dispose();
            theirs.Dispose();
            throw new McpUnreachableException(name, $"'{program.FileName}' could not be started: {e.Message}", e);
        }
    }

    /// <summary>Closes its standard input, which tells it to leave, and after a moment kills it with everything that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _ours.DisposeAsync(); // ends the pump to the child, which closes its input
        using var time = new CancellationTokenSource(s_timeToLeave);
        await _process.WaitForExitAsync(time.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Kill();
        await _stop.CancelAsync();
        await _pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
        _stop.Dispose();
    }

    private static ProcessStartInfo StartInfo(ProgramCall program, string root)
    {
        var info = new ProcessStartInfo(ProgramEnvironment.FileName(program, root), program.Arguments)
        {
            WorkingDirectory = Path.GetFullPath(program.Folder, root),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in info.Environment.Keys.Where(n => ProgramEnvironment.IsDropped(program, n)).ToArray()) info.Environment.Remove(name);
        foreach (var (name, value) in ProgramEnvironment.Set(program)) info.Environment[name] = value;
        return info;
    }

    /// <summary>A full socket makes this wait, and then the child: a child that floods is slowed down, and nothing piles up.</summary>
    private async Task FromChildAsync()
    {
        try
        {
            await _process.StandardOutput.BaseStream.CopyToAsync(_ours, _stop.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The session has ended.
        }
        finally
        {
            await _ours.DisposeAsync(); // the child said its last: the session learns it as the end of the stream
        }
    }

    private async Task ToChildAsync()
    {
        try
        {
            await _ours.CopyToAsync(_process.StandardInput.BaseStream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The child has ended, or the session.
        }
        finally
        {
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // What could not be written any more is nobody's.
            }
        }
    }

    private async Task ErrorsAsync()
    {
        var buffer = new char[LongestLine];
        try
        {
            while (await _process.StandardError.ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (_logger.IsEnabled(LogLevel.Debug)) LogChildSaid(_name, AnswerCleaner.Plain(new string(buffer, 0, read), LongestLine).Trim());
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Ended.
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has gone.
        }
    }

    [LoggerMessage(EventId = 2041, Level = LogLevel.Debug, Message = "{Agent} says: {Text}")]
    private partial void LogChildSaid(string agent, string text);
}
