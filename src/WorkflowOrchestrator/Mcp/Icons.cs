using ModelContextProtocol.Protocol;

namespace Workflow.Mcp;

/// <summary>Pictures for clients that show them: drawn here and sent along, because nothing is fetched from anywhere.</summary>
internal static class Icons
{
    public const string QuestionSource = Start + "%3Ccircle%20cx='8'%20cy='8'%20r='7'/%3E%3Cpath%20d='M6%206a2%202%200%201%201%202%202v1.5M8%2012v.1'/%3E" + End;
    public const string DocumentSource = Start + "%3Cpath%20d='M3%201h7l3%203v11H3zM5%207h6M5%2010h6'/%3E" + End;
    public const string DecisionSource = Start + "%3Cpath%20d='m2%209%204%204%208-10'/%3E" + End;
    public const string WorkSource = Start + "%3Cpath%20d='M14%208a6%206%200%201%201-2-4.5M14%201v3h-3'/%3E" + End;

    private const string Start = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2016%2016'%20fill='none'%20stroke='%23808080'%20stroke-width='1.5'%3E";
    private const string End = "%3C/svg%3E";

    public static Icon Question { get; } = Of(QuestionSource);

    public static Icon Document { get; } = Of(DocumentSource);

    public static Icon Work { get; } = Of(WorkSource);

    private static Icon Of(string source) => new() { Source = source, MimeType = "image/svg+xml", Sizes = ["any"] };
}
