using McpOrchestrator.Agents.Librarian.Answering;

namespace McpOrchestrator.Tests.Librarian;

/// <summary>Questions with known answers, and questions that the fixture repository does not answer.</summary>
public sealed class LibrarianQualityTests(LibrarianFixture fixture) : IClassFixture<LibrarianFixture>
{
    [Theory]
    [InlineData("What is the limit for latency in 'Search results', in which unit, and what happens beyond it?", "openspec/specs/search/spec.md", "within 300 ms")]
    [InlineData("What should happen in 'Export report' when the export fails?", "openspec/specs/export/spec.md", "the report names the failed document")]
    [InlineData("'Session timeout' says 'promptly': within how many seconds or minutes?", "openspec/specs/sessions/spec.md", "30 minutes")]
    [InlineData("What is the limit for size in 'Upload files', in which unit, and what happens beyond it?", "openspec/specs/uploads/spec.md", "up to 50 MB")]
    [InlineData("What is the limit for retention in 'Backup handling', in which unit, and what happens beyond it?", "openspec/specs/backups/spec.md", "35 days")]
    [InlineData("What should happen in 'Virus check' when the scanner fails?", "openspec/specs/uploads/spec.md", "quarantine")]
    [InlineData("What should happen in 'Nightly backup' when the backup fails?", "openspec/specs/backups/spec.md", "paged")]
    [InlineData("'Mention notification' says 'immediately': within how many seconds or minutes?", "openspec/specs/notifications/spec.md", "within 10 seconds")]
    [InlineData("What is the limit for rate in 'API requests', in which unit, and what happens beyond it?", "openspec/specs/public-api/spec.md", "600 requests a minute")]
    [InlineData("What is the limit for the response time in 'Turn pages', which says \"quickly\": in which unit, and what happens beyond it?", "openspec/specs/reading-room/spec.md", "within 1 second")]
    [InlineData("What is the longest time that \"soon\" may mean in 'Mention notification', in which unit, and what happens beyond it?", "openspec/specs/notifications/spec.md", "within 10 seconds")]
    [InlineData("How much or how many is \"several\" in 'Upload retries': which number, in which unit, and what happens beyond it?", "openspec/specs/uploads/spec.md", "3 times")]
    [InlineData("What should happen in 'Mention notification' when this fails or cannot be done: \"a reader who is online is mentioned\"?", "openspec/specs/notifications/spec.md", "waits in the queue")]
    [InlineData("How long are audit entries kept?\nOptions: 1 year | 2 years | for ever", "openspec/specs/audit-log/spec.md", "2 years")]
    [InlineData("How many failed sign-ins lock an account?", "openspec/specs/access-control/spec.md", "5 failed sign-ins")]
    [InlineData("How long are audit entries kept?", "openspec/specs/audit-log/spec.md", "2 years")]
    [InlineData("How many documents are on a page of search results?", "openspec/specs/search/spec.md", "25 documents")]
    [InlineData("Which formats does the exporter offer?", "openspec/specs/export/spec.md", "PDF, EPUB")]
    [InlineData("Who may delete a workspace?", "openspec/specs/access-control/spec.md", "workspace owner")]
    [InlineData("Which port does the server listen on?", "README.md", "8420")]
    [InlineData("Where are uploaded files stored?", "README.md", "lumen-files")]
    [InlineData("What encryption is used for backups?", "openspec/specs/backups/spec.md", "AES-256")]
    [InlineData("In which currency are invoices issued?", "openspec/specs/billing/spec.md", "euro")]
    [InlineData("How long is a remembered device kept signed in?", "openspec/specs/sessions/spec.md", "14 days")]
    [InlineData("How often is a failed payment tried again?", "openspec/specs/billing/spec.md", "1, 3 and 7 days")]
    [InlineData("Why is the search index kept in memory?", "docs/architecture.md", "too slow")]
    [InlineData("What is a collection?", "docs/glossary.md", "put together by an author")]
    [InlineData("Which signature scheme do webhooks use?", "openspec/changes/archive/2025-03-02-add-webhooks/proposal.md", "HMAC-SHA256")]
    [InlineData("How long may a webhook receiver take to answer?", "openspec/changes/archive/2025-03-02-add-webhooks/specs/webhooks/spec.md", "5 seconds")]
    [InlineData("How long does a rolling restart take?", "docs/operations.md", "4 minutes")]
    [InlineData("What is the minimum length of passwords?", "openspec/specs/access-control/spec.md", "12 characters")]
    [InlineData("When does the digest go out?", "openspec/specs/notifications/spec.md", "07:00")]
    public async Task Ask_AnswerIsInRepository_QuotesItsPassage(string question, string path, string words)
    {
        var answer = await fixture.AskAsync(question);

        Assert.True(answer.Answer is not null, $"no answer ({answer.Confidence}); nearest: {string.Join(" | ", answer.Evidence.Select(e => $"{e.Path}:{e.Line} {e.Score}"))}");
        Assert.Contains(words, answer.Answer, StringComparison.Ordinal);
        Assert.Equal(path, answer.Evidence[0].Path);
        Assert.InRange(answer.Confidence, PassageScorer.Threshold, 1);
        foreach (var evidence in answer.Evidence)
        {
            var lines = File.ReadAllLines(Path.Combine(fixture.Root, evidence.Path))[(evidence.Line - 1)..evidence.EndLine];
            Assert.Equal(evidence.Quote, string.Join('\n', lines));
            Assert.Equal(Quotes.HashOf(evidence.Quote), evidence.Hash);
        }
    }

    [Fact]
    public async Task Ask_WithALongContext_AnswersAsWithout()
    {
        const string question = "What is the limit for latency in 'Search results', in which unit, and what happens beyond it?";
        var alone = await fixture.AskAsync(question);
        var told = await fixture.AskAsync(question, "change: add-filters\n\nRequirement 'Search results' of capability 'search': \"The service SHALL narrow the list by language, price range, availability, publisher and age, and SHALL show it quickly afterwards\" (specs/search/spec.md:5). People will disagree whether it is met.");

        Assert.NotNull(alone.Answer);
        Assert.Equal(alone.Answer, told.Answer);
        Assert.InRange(told.Confidence, alone.Confidence, 1);
    }

    [Fact]
    public async Task Ask_Answer_NamesEachPassageOnce()
    {
        var answer = await fixture.AskAsync("What is the limit for latency in 'Search results', in which unit, and what happens beyond it?");

        Assert.Equal(answer.Evidence.Count, answer.Evidence.DistinctBy(evidence => (evidence.Path, evidence.Line)).Count());
    }

    [Theory]
    [InlineData("What is the limit for latency in 'Video playback', in which unit, and what happens beyond it?")]
    [InlineData("What should happen in 'Import contacts' when the import fails?")]
    [InlineData("'Share links' says 'promptly': within how many seconds or minutes?")]
    [InlineData("How many languages does the user interface support?")]
    [InlineData("Which single sign-on providers are supported?")]
    [InlineData("What is the limit for latency in 'Export report', in which unit, and what happens beyond it?")]
    [InlineData("How long are uploaded files kept after a workspace is deleted?")]
    [InlineData("Who may change the billing address?")]
    [InlineData("What is the limit for payload size in 'Webhook delivery', in which unit, and what happens beyond it?")]
    [InlineData("What is the longest time that \"soon\" may mean in 'Webhook queue', in which unit, and what happens beyond it?")]
    [InlineData("What is the limit for latency in 'Webhook sender', in which unit, and what happens beyond it?")]
    [InlineData("What should happen in 'Webhook signing' when this fails or cannot be done: \"a webhook is signed\"?")]
    [InlineData("How much or how many is \"several\" in 'Webhook sender': which number, in which unit, and what happens beyond it?")]
    [InlineData("What is the limit for the response time in 'Nightly report', which says \"fast\": in which unit, and what happens beyond it?")]
    [InlineData("What should happen in 'Merge documents' when this fails or cannot be done: \"an author merges two documents\"?")]
    [InlineData("Which items exactly belong to the list in 'Export formats' that is left open with \"such as\"?")]
    [InlineData("What has been decided for 'Share links' where it still says \"TBD\"?")]
    [InlineData("What can be observed at the end of scenario 'Import finished' of 'Import contacts'?")]
    [InlineData("How many backups are restored in a yearly drill?")]
    [InlineData("Within how many ms are telepathic requests answered?")]
    [InlineData("What is the maximum number of members in a workspace?")]
    [InlineData("Which colour do warnings have in dark mode?")]
    [InlineData("")]
    [InlineData("What is it?")]
    public async Task Ask_AnswerIsNotInRepository_SaysThatItDoesNotKnow(string question)
    {
        var answer = await fixture.AskAsync(question);

        Assert.True(answer.Answer is null, $"answered with {answer.Confidence}: {answer.Answer}");
        Assert.InRange(answer.Confidence, 0, PassageScorer.Threshold);
    }

    [Fact]
    public async Task Ask_LimitAndBeyond_QuotesBoth()
    {
        var answer = await fixture.AskAsync("What is the limit for latency in 'Search results', in which unit, and what happens beyond it?");

        Assert.Contains("Beyond it: ", answer.Answer, StringComparison.Ordinal);
        Assert.Equal(2, answer.Evidence.Count);
        Assert.Contains("504", answer.Evidence[1].Quote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_OwnChangeHoldsAnswer_IsNotItsOwnEvidence()
    {
        const string question = "How long may a webhook receiver take to answer?";
        Assert.NotNull((await fixture.AskAsync(question)).Answer);

        Assert.Null((await fixture.AskAsync(question, "change: add-webhooks")).Answer);
        Assert.Null((await fixture.AskAsync(question, """{"change":"add-webhooks"}""")).Answer);
    }

    [Fact]
    public async Task Ask_FollowUpInConversation_KeepsSubject()
    {
        await fixture.AskAsync("How long are audit entries kept?", conversation: "c1");
        var followUp = await fixture.AskAsync("And what happens when they are older?", conversation: "c1");
        Assert.Contains("weekly cleaning", followUp.Answer, StringComparison.Ordinal);
    }
}
