namespace Workflow.Documents;

/// <summary>A person's own notes in <c>review.md</c>: everything below the marker line.</summary>
internal static class ReportNotes
{
    public const string Marker = "<!-- workflow-orchestrator: notes below this line are kept -->";

    /// <summary>
    /// What a person wrote: everything behind the marker line, or the whole text when there is none (it is no report of ours, or the person took the
    /// line away). A byte order mark belongs to the file, not to the notes.
    /// </summary>
    public static string Of(string text)
    {
        var body = text.StartsWith('\uFEFF') ? text[1..] : text;
        for (var at = body.IndexOf(Marker, StringComparison.Ordinal); at >= 0; at = body.IndexOf(Marker, at + 1, StringComparison.Ordinal))
        {
            var rest = body.AsSpan(at + Marker.Length);
            if (at > 0 && body[at - 1] is not ('\n' or '\r'))
                continue; // quoted inside a line
            if (rest.IsEmpty || rest[0] is '\n' or '\r')
                return rest[(rest.StartsWith("\r\n") ? 2 : rest.IsEmpty ? 0 : 1)..].ToString();
        }

        return body;
    }
}
