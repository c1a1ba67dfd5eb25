using System.Data.Common;
using System.Text.Json;

namespace Workflow.Storage;

/// <summary>What rows of the store hold beside the types of SQLite.</summary>
internal static class RowExtensions
{
    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    /// <summary>A JSON array.</summary>
    public static IReadOnlyList<T> List<T>(this DbDataReader row, int column) =>
        row.GetString(column) is var text && text is "[]" ? [] : JsonSerializer.Deserialize<T[]>(text) ?? [];
}
