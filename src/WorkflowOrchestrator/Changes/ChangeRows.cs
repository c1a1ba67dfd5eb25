using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workflow.Changes;

/// <summary>A row of table <c>change</c>.</summary>
internal sealed record ChangeRow(string Id, string Revision, long Present, string? Gone, string? GoneDetail, string Problems, long FirstSeen, long LastSeen)
{
    public const string Select =
        "SELECT id AS Id, revision AS Revision, present AS Present, gone AS Gone, gone_detail AS GoneDetail, problems AS Problems, first_seen AS FirstSeen, last_seen AS LastSeen FROM change";

    public KnownChange ToKnown() => new(
        ChangeId.Parse(Id),
        new RevisionHash(Revision),
        Gone is null ? null : new GoneReason(Enum.Parse<GoneKind>(Gone), GoneDetail),
        DateTimeOffset.FromUnixTimeMilliseconds(LastSeen),
        ProblemList.Parse(Problems));
}

/// <summary>A row of table <c>revision</c>.</summary>
internal sealed record RevisionRow(string ChangeId, string Hash, string Origin, string Stage, string? Reason, long Attempts, long DetectedAt, long StageAt)
{
    public const string Select =
        "SELECT change_id AS ChangeId, hash AS Hash, origin AS Origin, stage AS Stage, reason AS Reason, attempts AS Attempts, detected_at AS DetectedAt, stage_at AS StageAt FROM revision";

    public RevisionRecord ToRecord() => new(
        Changes.ChangeId.Parse(ChangeId),
        new RevisionHash(Hash),
        Enum.Parse<RevisionOrigin>(Origin),
        Enum.Parse<ChangeStage>(Stage),
        Reason,
        (int)Attempts,
        DateTimeOffset.FromUnixTimeMilliseconds(DetectedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(StageAt));
}

/// <summary>Problems as stored: a JSON array.</summary>
internal static class ProblemList
{
    private const string None = "[]";

    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    public static string Format(IReadOnlyList<ChangeProblem> problems) =>
        problems.Count == 0 ? None : JsonSerializer.Serialize(problems.Select(problem => new Stored(problem.Path, problem.Kind, problem.Message)), Options);

    public static IReadOnlyList<ChangeProblem> Parse(string json) =>
        json == None ? [] : [.. JsonSerializer.Deserialize<Stored[]>(json, Options)!.Select(stored => new ChangeProblem(stored.Path, stored.Kind, stored.Message))];

    private sealed record Stored(string Path, ProblemKind Kind, string Message);
}
