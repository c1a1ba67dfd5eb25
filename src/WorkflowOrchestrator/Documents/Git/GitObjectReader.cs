using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Workflow.Documents.Git;

/// <summary>An object of the repository.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record GitObject(string Hash, byte[] Content);

/// <summary>
/// One <c>git cat-file --batch</c> that answers many questions: refs are looked up anew for each, so it sees every commit. It ends after a time without
/// questions, and with this process (its input closes). One caller at a time.
/// </summary>
internal sealed class GitObjectReader(GitCommand git, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private Process? _process;
    private BufferedStream? _output;
    private ITimer? _idle;
    private bool _isBusy;

    /// <summary>Looks objects up: <c>HEAD</c>, <c>HEAD:path</c>. Null in the place of one that does not exist; null as a whole when git does not answer.</summary>
    public async Task<IReadOnlyList<GitObject?>?> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Any(name => name.Contains('\n', StringComparison.Ordinal)))
            return null;
        var process = Take();
        if (process is null)
            return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(names.Select(name => name + "\n"))), limit.Token);
            await process.StandardInput.BaseStream.FlushAsync(limit.Token);
            var found = new GitObject?[names.Count];
            for (var i = 0; i < names.Count; i++)
                found[i] = await ReadOneAsync(_output!, limit.Token);
            Release(process);
            return found;
        }
        catch (Exception error) when (error is IOException or FormatException or OperationCanceledException)
        {
            Drop(process);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _idle?.Dispose();
            End(_process);
            _process = null;
        }
    }

    private static async Task<GitObject?> ReadOneAsync(Stream output, CancellationToken cancellationToken)
    {
        var header = await ReadLineAsync(output, cancellationToken);
        if (header.EndsWith(" missing", StringComparison.Ordinal))
            return null;
        var parts = header.Split(' ');
        if (parts.Length != 3 || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            throw new FormatException($"git cat-file said '{header}'.");
        var content = new byte[length + 1]; // a line end follows
        await output.ReadExactlyAsync(content, cancellationToken);
        return new GitObject(parts[0], content[..^1]);
    }

    private static async Task<string> ReadLineAsync(Stream output, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (await output.ReadAsync(one, cancellationToken) == 0)
                throw new IOException("git cat-file ended.");
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]);
            line.Add(one[0]);
        }
    }

    private Process? Take()
    {
        lock (_gate)
        {
            _isBusy = true;
            if (_process is { HasExited: false } running)
                return running;
            End(_process);
            try
            {
                _process = Process.Start(git.ReadInfo("cat-file", "--batch"));
                _output = _process is null ? null : new BufferedStream(_process.StandardOutput.BaseStream, 64 * 1024);
                _process?.ErrorDataReceived += static (_, _) => { }; // drained, so that it never waits for us
                _process?.BeginErrorReadLine();
                return _process;
            }
            catch (Win32Exception)
            {
                return null;
            }
        }
    }

    private void Release(Process process)
    {
        lock (_gate)
        {
            _isBusy = false;
            if (_process != process)
                return;
            _idle ??= time.CreateTimer(static self => ((GitObjectReader)self!).EndIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _idle.Change(s_idleTime, Timeout.InfiniteTimeSpan);
        }
    }

    private void Drop(Process process)
    {
        lock (_gate)
        {
            _isBusy = false;
            if (_process == process)
                _process = null;
            End(process);
        }
    }

    private void EndIfIdle()
    {
        lock (_gate)
        {
            if (_isBusy)
                return;
            End(_process);
            _process = null;
        }
    }

    private static void End(Process? process)
    {
        if (process is null)
            return;
        try
        {
            process.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }

        process.Dispose();
    }
}
