using Microsoft.Extensions.AI;
using Platform.Models.Admission;

namespace Platform.Models.Wire;

/// <summary>One call on its way through the pipeline.</summary>
internal sealed class ModelCall(ModelInfo model, IReadOnlyList<ChatMessage> messages, ModelRequestOptions request, long rawTokens, long promptTokens, long started)
{
    public ModelInfo Model { get; set; } = model;

    public IReadOnlyList<ChatMessage> Messages => messages;

    public ModelRequestOptions Request => request;

    /// <summary>Uncorrected estimate of the prompt.</summary>
    public long RawTokens => rawTokens;

    /// <summary>Estimate of the prompt.</summary>
    public long PromptTokens => promptTokens;

    /// <summary>What is reserved: prompt and answer.</summary>
    public long Tokens => promptTokens + request.MaxOutputTokens;

    /// <summary>Timestamp of the caller's call.</summary>
    public long Started => started;

    public TimeSpan Waited { get; set; }

    public int Attempts { get; set; }

    public ModelAdmission? Admission { get; set; }

    /// <summary>The request was sent and no token has come back: the server is reading the prompt, and goes on when we hang up.</summary>
    public bool IsBeingRead { get; set; }
}
