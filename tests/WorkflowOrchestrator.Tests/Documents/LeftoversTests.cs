using Platform.Files;
using Workflow.Documents;

namespace Workflow.Tests.Documents;

public sealed class LeftoversTests : IDisposable
{
    private static readonly UpdateId s_id = UpdateId.New(TimeProvider.System);

    private readonly string _folder = Directory.CreateTempSubdirectory("wo-left-").FullName;

    private string Document => Path.Combine(_folder, "proposal.md");

    private string Temporary => AtomicFile.TemporaryName(Document, s_id.Value);

    [Theory]
    [InlineData("new te", "old text")] // killed while the temporary file was being written
    [InlineData("", "old text")]
    [InlineData("new text", "old text")] // killed before the rename
    [InlineData("old text", "new text")] // killed after the swap
    public void Clear_OwnBytes_AreRemoved(string temporary, string document)
    {
        File.WriteAllText(Document, document);
        File.WriteAllText(Temporary, temporary);

        Assert.True(Leftovers.Clear(Document, s_id, "old text"u8.ToArray(), "new text"u8.ToArray()));

        Assert.False(File.Exists(Temporary));
        Assert.Equal(document, File.ReadAllText(Document));
    }

    [Fact]
    public void Clear_SaveOfAHumanSwappedOutAtTheVeryMoment_IsPutBack()
    {
        File.WriteAllText(Document, "new text");
        File.WriteAllText(Temporary, "what the human saved");

        Leftovers.Clear(Document, s_id, "old text"u8.ToArray(), "new text"u8.ToArray());

        Assert.Equal("what the human saved", File.ReadAllText(Document));
        Assert.False(File.Exists(Temporary));
    }

    [Fact]
    public void Clear_SavesOfAHumanInBothPlaces_LosesNeither()
    {
        File.WriteAllText(Document, "what the human saved last");
        File.WriteAllText(Temporary, "what the human saved");

        Assert.False(Leftovers.Clear(Document, s_id, "old text"u8.ToArray(), "new text"u8.ToArray()));

        Assert.Equal("what the human saved last", File.ReadAllText(Document));
        Assert.Equal("what the human saved", File.ReadAllText(Temporary));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
