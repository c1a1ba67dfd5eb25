using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Agents.Librarian.Index;

/// <summary>A source file as the folder listing shows it.</summary>
/// <param name="Path">Relative to the repository, with <c>/</c>.</param>
/// <param name="Source">Kind of source.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Last change, UTC ticks.</param>
internal sealed record ScannedFile(string Path, SourceKind Source, long Size, long ModifiedTicks);
