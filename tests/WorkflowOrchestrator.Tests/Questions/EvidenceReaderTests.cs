using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Questions;

namespace Workflow.Tests.Questions;

public sealed class EvidenceReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wo-evidence-").FullName;
    private readonly string _outside = Directory.CreateTempSubdirectory("wo-outside-").FullName;
    private readonly EvidenceReader _reader;

    public EvidenceReaderTests()
    {
        _reader = new EvidenceReader(new Repository(_root, Path.Combine(_root, "openspec", "changes"), _outside));
        Directory.CreateDirectory(Path.Combine(_root, "docs"));
        File.WriteAllText(Path.Combine(_root, "docs", "limits.md"), "# Limits\n\nUploads are limited\nto 10 MB.\n");
        File.WriteAllText(Path.Combine(_outside, "secret.md"), "the secret passage");
    }

    [Fact]
    public void Verify_PassageStandsReWrapped_KeepsIt() =>
        Assert.Equal(PassageHash.Of("Uploads are limited to 10 MB."), Assert.Single(_reader.Verify([new("docs/limits.md", 3, "Uploads are limited to 10 MB.")])).Hash);

    [Theory]
    [InlineData("docs/limits.md", "Uploads are limited to 20 MB.")]
    [InlineData("docs/missing.md", "Uploads are limited to 10 MB.")]
    [InlineData("docs", "Limits")]
    public void Verify_NotThere_DropsIt(string path, string quote) => Assert.Empty(_reader.Verify([new(path, 1, quote)]));

    [Fact]
    public void Verify_ThroughLinkOutOfTheRepository_DropsIt()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "docs", "link.md"), Path.Combine(_outside, "secret.md"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "away"), _outside);
        Assert.Empty(_reader.Verify([new("docs/link.md", 1, "the secret passage"), new("away/secret.md", 1, "the secret passage"), new("../" + Path.GetFileName(_outside) + "/secret.md", 1, "the secret passage")]));
    }

    [Fact]
    public void FindStale_PassageChanges_NamesIt()
    {
        var kept = _reader.Verify([new AgentEvidence("docs/limits.md", 3, "limited to 10 MB")]);
        Assert.Null(_reader.FindStale(kept));
        File.WriteAllText(Path.Combine(_root, "docs", "limits.md"), "Uploads are limited to 20 MB.");
        Assert.Equal("docs/limits.md", _reader.FindStale(kept)?.Path);
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }
}
