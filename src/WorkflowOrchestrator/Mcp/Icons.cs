using ModelContextProtocol.Protocol;

namespace Workflow.Mcp;

/// <summary>Pictures for clients that show them: drawn here and sent along, because nothing is fetched from anywhere.</summary>
internal static class Icons
{
    public const string QuestionSource = Start + "%3Ccircle cx='8' cy='8' r='7'/%3E%3Cpath d='M6 6a2 2 0 1 1 2 2v1.5M8 12v.1'/%3E" + End;
    public const string DocumentSource = Start + "%3Cpath d='M3 1h7l3 3v11H3zM5 7h6M5 10h6'/%3E" + End;
    public const string DecisionSource = Start + "%3Cpath d='m2 9 4 4 8-10'/%3E" + End;
    public const string WorkSource = Start + "%3Cpath d='M14 8a6 6 0 1 1-2-4.5M14 1v3h-3'/%3E" + End;

    private const string Start = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%23808080' stroke-width='1.5'%3E";
    private const string End = "%3C/svg%3E";

    public static Icon Question { get; } = Of(QuestionSource);

    public static Icon Document { get; } = Of(DocumentSource);

    public static Icon Work { get; } = Of(WorkSource);

    private static Icon Of(string source) => new() { Source = source, MimeType = "image/svg+xml", Sizes = ["any"] };
}
