using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Agents.Librarian.Index;

/// <summary>What the index knows about a file.</summary>
/// <param name="Id">Row.</param>
/// <param name="Path">Relative to the repository.</param>
/// <param name="Size">Bytes when it was read.</param>
/// <param name="ModifiedTicks">Last change when it was read.</param>
/// <param name="ReadTicks">When it was read.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
internal sealed record IndexedFile(long Id, string Path, long Size, long ModifiedTicks, long ReadTicks, string Hash);

/// <summary>A file's new state, ready to be stored.</summary>
internal sealed record FileContent(ScannedFile File, string Hash, long ReadTicks, IReadOnlyList<Passage> Passages);

/// <summary>A passage that the index proposes for a question.</summary>
/// <param name="Path">The file.</param>
/// <param name="Source">Kind of source.</param>
/// <param name="Passage">The passage.</param>
/// <param name="Rank">BM25 with field weights, as SQLite gives it: lower is better, always negative.</param>
internal sealed record Candidate(string Path, SourceKind Source, Passage Passage, double Rank);
