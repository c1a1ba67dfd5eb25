using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Workflow.Mcp;

/// <summary>Where the next page of the resource list starts; opaque to clients.</summary>
internal abstract record ResourceCursor
{
    private const string ChangeMark = "c:";
    private const string QuestionMark = "q:";

    private ResourceCursor()
    {
    }

    /// <summary>With the documents of the first change after this name; "" for the first of all.</summary>
    public sealed record AfterChange(string Name) : ResourceCursor;

    /// <summary>With the questions older than this one; "" for the newest.</summary>
    public sealed record BeforeQuestion(string Id) : ResourceCursor;

    public sealed override string ToString() => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(this switch
    {
        AfterChange after => ChangeMark + after.Name,
        BeforeQuestion before => QuestionMark + before.Id,
        _ => throw new InvalidOperationException("A cursor of a kind that is not known."),
    }));

    /// <summary>Null for what was never handed out.</summary>
    public static ResourceCursor? Parse(string text)
    {
        try
        {
            var content = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text));
            if (content.StartsWith(ChangeMark, StringComparison.Ordinal))
                return new AfterChange(content[ChangeMark.Length..]);
            return content.StartsWith(QuestionMark, StringComparison.Ordinal) ? new BeforeQuestion(content[QuestionMark.Length..]) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
