using System.Security.Cryptography;
using System.Text;

namespace Workflow.Feedback.Statistics;

/// <summary>What an item is used for.</summary>
internal enum ItemFold
{
    /// <summary>The sequential test looks at it after every item.</summary>
    Tune,

    /// <summary>Looked at once, when the test would keep a candidate.</summary>
    HoldOut,
}

/// <summary>Splits items in halves by a hash of their id, so that an item is in the same half for every candidate and nobody can choose the half.</summary>
internal static class HoldOut
{
    // Part of the hash only, so that the split follows from nothing that a document could contain.
    private const string Salt = "workflow-orchestrator hold-out 1\n";

    public static ItemFold FoldOf(string itemId) => (SHA256.HashData(Encoding.UTF8.GetBytes(Salt + itemId))[0] & 1) == 0 ? ItemFold.Tune : ItemFold.HoldOut;
}
