namespace OpenSpec.Documents;

/// <summary>Why a file could not be read as a document.</summary>
public enum DocumentFaultKind
{
    /// <summary>The bytes are not valid UTF-8. The text holds U+FFFD in their place and must never be written back.</summary>
    NotUtf8,

    /// <summary>The file is larger than <see cref="OpenSpecOptions.MaxFileBytes"/>; its text was not read.</summary>
    TooLarge,

    /// <summary>The entry is a link that leaves the tree, or nothing that can be read as a file.</summary>
    NotReadable,

    /// <summary>A limit on depth or number of files was reached; what lies beyond was not looked at.</summary>
    LimitReached,
}

/// <summary>A fault of a file itself, as opposed to what is written in it.</summary>
/// <param name="Path">Path relative to the <c>openspec</c> folder.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
public sealed record DocumentFault(string Path, DocumentFaultKind Kind, string Message);

/// <summary>A document of a change or a spec.</summary>
/// <param name="Path">Path relative to the <c>openspec</c> folder.</param>
/// <param name="Text">The text exactly as it is in the file, byte order mark and line ends included.</param>
/// <param name="Content">What the text says.</param>
/// <param name="Fault">Set when the file could not be read faithfully; then it must not be edited.</param>
public sealed record OpenSpecDocument<T>(string Path, string Text, T Content, DocumentFault? Fault = null)
{
    /// <summary>Whether encoding <see cref="Text"/> as UTF-8 gives back the file's bytes.</summary>
    public bool IsIntact => Fault is null;
}
