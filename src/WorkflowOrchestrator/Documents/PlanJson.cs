using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenSpec.Editing;
using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>The stored form of a plan's edits. Member names are stored: never rename one.</summary>
internal static class PlanJson
{
    private static readonly JsonSerializerOptions s_options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string Write(IReadOnlyList<FileEdit> files) => JsonSerializer.Serialize(files.Select(ToStored), s_options);

    public static IReadOnlyList<FileEdit> Read(string json) =>
        [.. (JsonSerializer.Deserialize<StoredFile[]>(json, s_options) ?? []).Select(FromStored)];

    /// <summary>Equal for plans that would do the same to the same revision.</summary>
    /// <param name="change">The change.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="edits">The edits as <see cref="Write"/> gave them.</param>
    public static string Fingerprint(ChangeId change, RevisionHash revision, string edits) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{change.Value}\0{revision.Value}\0{edits}")));

    private static StoredFile ToStored(FileEdit file) => file switch
    {
        FileEdit.Patch patch => new StoredFile(patch.Path.Value, patch.BaseHash) { Edits = [.. patch.Edits.Select(edit => new StoredEdit(edit.Start, edit.ExpectedText, edit.NewText))] },
        FileEdit.Whole whole => new StoredFile(whole.Path.Value, whole.BaseHash) { Text = whole.Text },
        FileEdit.Delete gone => new StoredFile(gone.Path.Value, gone.BaseHash),
        _ => throw new InvalidOperationException($"Unknown edit {file.GetType().Name}."),
    };

    private static FileEdit FromStored(StoredFile file)
    {
        var path = DocumentPath.Parse(file.Path);
        return file switch
        {
            { Edits: { } edits } => new FileEdit.Patch(path, file.Base!, [.. edits.Select(edit => new TextEdit(edit.Start, edit.Old, edit.New))]),
            { Text: { } text } => new FileEdit.Whole(path, file.Base, text),
            _ => new FileEdit.Delete(path, file.Base!),
        };
    }

    private sealed record StoredFile(string Path, string? Base)
    {
        public StoredEdit[]? Edits { get; init; }

        public string? Text { get; init; }
    }

    private sealed record StoredEdit(int Start, string Old, string New);
}
