using System.Reflection;

namespace Workflow.Commands.Demo;

/// <summary>
/// A small repository of a bookshop, to see the daemon at work: one change with a vague requirement, which the shop's own specs answer, and
/// with mechanical faults. The files are embedded in the program.
/// </summary>
internal static class DemoRepository
{
    /// <summary>The change that the demo is about.</summary>
    public const string ChangeName = "add-search-filters";

    private const string Prefix = "demo/";

    /// <summary>Paths of the files, relative, with '/'.</summary>
    public static IReadOnlyList<string> Files() =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Select(name => name.Replace('\\', '/'))
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal)
            .ToArray();

    /// <summary>Writes the files into a folder, which is created when it is missing. It does not become a git repository by this.</summary>
    /// <exception cref="IOException">One of the files is there already, or cannot be written.</exception>
    public static void Write(string folder)
    {
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            var path = name.Replace('\\', '/');
            if (!path.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            var target = Path.Combine(folder, path[Prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            source.CopyTo(file);
        }
    }
}
