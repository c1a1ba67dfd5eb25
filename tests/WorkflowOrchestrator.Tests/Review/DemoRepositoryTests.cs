using OpenSpec;
using Workflow.Changes;
using Workflow.Commands.Demo;
using Workflow.Review;
using Workflow.Review.BuiltIn;

namespace Workflow.Tests.Review;

public sealed class DemoRepositoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_EmptyFolder_HasAllFilesAndTheFaultOfTheMissingNewline()
    {
        DemoRepository.Write(_folder);

        var written = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'));
        Assert.Equal(DemoRepository.Files(), written.Order(StringComparer.Ordinal));
        Assert.Contains("openspec/changes/add-search-filters/.openspec.yaml", DemoRepository.Files());
        Assert.False(File.ReadAllText(DeltaSpec()).EndsWith('\n'));
    }

    [Fact]
    public void Write_FolderThatHasTheFiles_LeavesThem()
    {
        DemoRepository.Write(_folder);
        File.AppendAllText(DeltaSpec(), "\nmine\n");

        Assert.Throws<IOException>(() => DemoRepository.Write(_folder));
        Assert.EndsWith("\nmine\n", File.ReadAllText(DeltaSpec()));
    }

    [Fact]
    public async Task Review_Demo_AsksOnlyForTheLimit()
    {
        DemoRepository.Write(_folder);
        var review = await ReviewAsync();

        var question = Assert.Single(review.Questions);
        Assert.Equal(
            "What is the limit for the response time in 'Filter search results', which says \"quickly\": in which unit, and what happens beyond it?", question.Text);
        Assert.Contains(review.Findings, finding => finding.RuleId == "openspec-c8");
        Assert.Contains(review.Findings, finding => finding.RuleId == "openspec-t3");
    }

    [Fact]
    public async Task Review_DemoAfterMechanicalRepairs_HasOnlyTheVagueRequirementLeft()
    {
        DemoRepository.Write(_folder);
        Replace(DeltaSpec(), "\n### Scenario:", "\n#### Scenario:");
        Replace(Path.Combine(_folder, "openspec/changes/add-search-filters/tasks.md"), "1.2 Count", "1.3 Count");

        var review = await ReviewAsync();

        Assert.Equal(["vague-word"], review.Findings.Where(finding => finding.Severity > FindingSeverity.Advice).Select(finding => finding.RuleId));
    }

    private string DeltaSpec() => Path.Combine(_folder, "openspec/changes/add-search-filters/specs/catalogue-search/spec.md");

    private static void Replace(string file, string old, string with) => File.WriteAllText(file, File.ReadAllText(file).Replace(old, with));

    private Task<ChangeReview> ReviewAsync()
    {
        var project = new OpenSpecProject(new OpenSpecFolder(Path.Combine(_folder, "openspec")));
        var request = new ReviewRequest(ChangeId.Parse(DemoRepository.ChangeName), new RevisionHash(new string('0', 64)), project);
        return new BuiltInReviewer().ReviewAsync(request, CancellationToken.None);
    }
}
