using System.Runtime.InteropServices;

namespace OpenSpec.Documents;

/// <summary>A range of a document's original text.</summary>
/// <param name="Start">UTF-16 offset of the first unit; a leading byte order mark counts as one unit.</param>
/// <param name="Length">Length in UTF-16 units.</param>
/// <param name="Line">1-based line of <paramref name="Start"/>.</param>
/// <param name="Column">1-based column of <paramref name="Start"/>, in UTF-16 units.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourceSpan(int Start, int Length, int Line, int Column)
{
    /// <summary>Offset just after the last unit.</summary>
    public int End => Start + Length;

    /// <summary>The text of this range in the document it came from.</summary>
    public string In(string text) => text.Substring(Start, Length);
}
