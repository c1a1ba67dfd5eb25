using OpenSpec;

namespace Workflow.Changes;

/// <summary>Looks at what stands at the path of the changes folder, and at its parents when it is missing.</summary>
internal static class ChangesRootProbe
{
    public static ChangesRoot Probe(string changesFolder)
    {
        try
        {
            return FileStamp.Of(changesFolder, followLink: true) switch
            {
                { Kind: OpenSpecEntryKind.Directory } stamp => new ChangesRoot.Present(stamp.Device, stamp.Inode),
                { } => new ChangesRoot.NotAFolder(changesFolder),
                null => ProbeParents(changesFolder),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ChangesRoot.Unreadable(error.Message);
        }
    }

    private static ChangesRoot ProbeParents(string path)
    {
        for (var missing = path; ;)
        {
            if (Path.GetDirectoryName(missing) is not { } parent)
                return new ChangesRoot.Missing(missing);
            switch (FileStamp.Of(parent, followLink: true))
            {
                case { Kind: OpenSpecEntryKind.Directory }:
                    return new ChangesRoot.Missing(missing);
                case { }:
                    return new ChangesRoot.NotAFolder(parent);
                case null:
                    missing = parent;
                    break;
            }
        }
    }
}
