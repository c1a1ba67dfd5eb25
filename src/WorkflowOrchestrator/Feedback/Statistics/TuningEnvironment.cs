using System.Security.Cryptography;
using System.Text;

namespace Workflow.Feedback.Statistics;

/// <summary>What measurements depend on. When any of it changes, evidence that was gathered before says nothing any more.</summary>
/// <param name="Reviewer">Id of the reviewer or model.</param>
/// <param name="Server">Version of the model server; empty without one.</param>
/// <param name="ContextTokens">Loaded context; 0 without a model.</param>
/// <param name="Prompt">Hash of the prompts.</param>
/// <param name="Schema">Hash of the response schemas.</param>
internal sealed record TuningEnvironment(string Reviewer, string Server, int ContextTokens, string Prompt, string Schema)
{
    /// <summary>Sixteen hexadecimal digits that differ when any part does.</summary>
    public string Fingerprint => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Reviewer, Server, ContextTokens, Prompt, Schema))).AsSpan(0, 8));
}
