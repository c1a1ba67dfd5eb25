using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Platform.Processes;

/// <summary>
/// Ends a program with everything that it has started. It is asked first (SIGTERM), because a program that is killed cannot clear up: git would leave
/// its <c>index.lock</c> behind, and nobody could commit any more.
/// </summary>
internal static class ProcessTree
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;

    // How long a program may clear up.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>Ends a process and its descendants. What it has started is found beforehand: the children of the dead are nobody's.</summary>
    public static async Task EndAsync(Process process)
    {
        var descendants = Descendants(process);
        try
        {
            await AskToEndAsync(process).ConfigureAwait(false);
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended meanwhile.
        }

        foreach (var (descendant, started) in descendants)
        {
            using (descendant)
                Kill(descendant, started);
        }
    }

    private static async Task AskToEndAsync(Process process)
    {
        if (OperatingSystem.IsWindows() || process.HasExited || Signal(process.Id, Sigterm) != 0)
            return;
        using var grace = new CancellationTokenSource(s_grace);
        try
        {
            await process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It does not want to.
        }
    }

    private static void Kill(Process descendant, DateTime started)
    {
        try
        {
            if (descendant.StartTime != started)
                return; // the number belongs to somebody else by now
            // Not Process.Kill with the whole tree: that stops the process first, looks at all others, and leaves it stopped when one of them ends meanwhile.
            if (OperatingSystem.IsWindows() || Signal(descendant.Id, Sigkill) != 0)
                descendant.Kill();
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }

    private static List<(Process Process, DateTime Started)> Descendants(Process root)
    {
        var parents = OperatingSystem.IsLinux() ? ParentsFromProc() : OperatingSystem.IsMacOS() ? ParentsFromPs() : [];
        var children = parents.ToLookup(pair => pair.Parent, pair => pair.Id);
        var found = new List<(Process, DateTime)>();
        var open = new Stack<int>(children[root.Id]);
        while (open.TryPop(out var id))
        {
            foreach (var child in children[id])
                open.Push(child);
            try
            {
                var process = Process.GetProcessById(id);
                found.Add((process, process.StartTime));
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has ended.
            }
        }

        return found;
    }

    private static List<(int Id, int Parent)> ParentsFromProc()
    {
        var parents = new List<(int, int)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                // "12 (name) S 3 …": the name may hold anything, the last bracket ends it.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                parents.Add((id, int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }

        return parents;
    }

    private static List<(int Id, int Parent)> ParentsFromPs()
    {
        using var ps = Process.Start(new ProcessStartInfo("/bin/ps", ["-axo", "pid=,ppid="]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(parts => (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)))];
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; this call passes two numbers.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
#pragma warning restore SYSLIB1054
}
