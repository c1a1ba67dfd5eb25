using System.Security.Cryptography;
using System.Text;

namespace Workflow.Hosting.Tunables;

/// <summary>Which items get a value in its canary phase: one in five, by a hash, so that the same item always gets the same. Pure.</summary>
internal static class CanaryShare
{
    private const int OneIn = 5;

    public static bool Takes(string item) => SHA256.HashData(Encoding.UTF8.GetBytes(item))[0] % OneIn == 0;
}
