using System.IO.Enumeration;
using OpenSpec;

namespace Workflow.Changes;

/// <summary>A document of a change, not read yet.</summary>
internal readonly record struct ListedFile(string Path, FileStamp Stamp);

/// <summary>What a change's folder holds.</summary>
/// <param name="Files">The change's own documents in ordinal order of their paths.</param>
/// <param name="Problems">What is no readable document, ordered by path.</param>
internal sealed record ChangeFolderListing(IReadOnlyList<ListedFile> Files, IReadOnlyList<ChangeProblem> Problems);

/// <summary>Lists the documents of one change folder, following no link and opening no file.</summary>
internal static class ChangeFolderLister
{
    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Lists <paramref name="folder"/>; null when it is not there (any more), or is no folder.</summary>
    public static ChangeFolderListing? List(string folder, ScanLimits limits)
    {
        var walk = new Walk(folder, limits);
        return walk.Run() ? walk.Result() : null;
    }

    /// <summary>True when a name can be written into paths, logs and commits without harm.</summary>
    public static bool IsSafeName(string name)
    {
        foreach (var letter in name)
        {
            if (letter is '\uFFFD' or '\\' || char.IsControl(letter))
                return false;
        }

        return true;
    }

    private sealed class Walk(string root, ScanLimits limits)
    {
        private readonly List<ListedFile> _files = [];
        private readonly List<ChangeProblem> _problems = [];
        private int _folders;
        private bool _tooMany;
        private bool _rootGone;

        /// <summary>False when the change's folder is gone.</summary>
        public bool Run()
        {
            if (FileStamp.Of(root) is not { Kind: OpenSpecEntryKind.Directory })
                return false;
            Enter("", depth: 0);
            return !_rootGone;
        }

        public ChangeFolderListing Result()
        {
            if (_tooMany)
                return new ChangeFolderListing([], [ChangeProblem.TooManyFiles(limits.MaxFiles)]);
            _files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
            _problems.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
            return new ChangeFolderListing(_files, _problems);
        }

        private void Enter(string folder, int depth)
        {
            foreach (var name in Names(folder))
            {
                if (_tooMany)
                    return;
                Visit(folder.Length == 0 ? name : $"{folder}/{name}", name, depth);
            }
        }

        private void Visit(string path, string name, int depth)
        {
            // Settled by the name alone: temporary files come and go, so they are not even looked at.
            if (EphemeralNames.IsDirectory(name) && path != RevisionHasher.ChangeSettings)
                return;
            if (!IsSafeName(name))
            {
                _problems.Add(ChangeProblem.InvalidName(path));
                return;
            }

            if (StampOf(path) is not { } stamp)
                return;
            switch (stamp.Kind)
            {
                case OpenSpecEntryKind.Directory:
                    VisitFolder(path, depth);
                    break;
                case OpenSpecEntryKind.File:
                    VisitFile(path, stamp);
                    break;
                case OpenSpecEntryKind.Link when !EphemeralNames.IsFile(name): // emacs locks are dangling links
                    _problems.Add(ChangeProblem.Link(path));
                    break;
                case OpenSpecEntryKind.Other:
                    _problems.Add(ChangeProblem.SpecialFile(path));
                    break;
            }
        }

        private void VisitFolder(string path, int depth)
        {
            _tooMany |= ++_folders > limits.MaxFiles;
            if (depth + 1 > ScanLimits.MaxDepth)
                _problems.Add(ChangeProblem.TooDeep(path));
            else
                Enter(path, depth + 1);
        }

        private void VisitFile(string path, FileStamp stamp)
        {
            if (!RevisionHasher.Counts(path))
                return;
            if (stamp.Size > limits.MaxFileBytes)
                _problems.Add(ChangeProblem.TooLarge(path, stamp.Size, limits.MaxFileBytes));
            else
                _files.Add(new ListedFile(path, stamp));
            _tooMany |= _files.Count > limits.MaxFiles;
        }

        private FileStamp? StampOf(string path)
        {
            try
            {
                return FileStamp.Of(Path.Join(root, path));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _problems.Add(ChangeProblem.Unreadable(path, error.Message));
                return null;
            }
        }

        // The names are taken before any of them is visited, so that few folders are open at a time however deep the tree is.
        private List<string> Names(string folder)
        {
            var names = new List<string>();
            try
            {
                foreach (var name in new FileSystemEnumerable<string>(Path.Join(root, folder), static (ref entry) => entry.FileName.ToString(), AllEntries))
                {
                    names.Add(name);
                    if (names.Count > limits.MaxFiles * 4L)
                    {
                        _tooMany = true;
                        break;
                    }
                }
            }
            catch (DirectoryNotFoundException)
            {
                _rootGone |= folder.Length == 0;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _problems.Add(ChangeProblem.Unreadable(folder, error.Message));
            }

            return names;
        }
    }
}
