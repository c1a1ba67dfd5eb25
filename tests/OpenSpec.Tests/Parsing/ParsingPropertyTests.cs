using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Documents;
using OpenSpec.Tests.Generators;

namespace OpenSpec.Tests.Parsing;

/// <summary>What holds for any text.</summary>
public sealed class ParsingPropertyTests
{
    [Fact]
    public void Parse_AnyText_LinesGiveBackTheText() =>
        Check(text =>
        {
            var document = TextDocument.Parse(text);
            var at = document.HasByteOrderMark ? 1 : 0;
            for (var line = 1; line <= document.LineCount; line++)
            {
                var span = document.GetLineSpan(line);
                // Between two lines stands exactly one line end.
                if (text[at..span.Start] is not ("" or "\n" or "\r\n" or "\r") || span.In(text).AsSpan().IndexOfAny('\n', '\r') >= 0)
                    return false;
                at = span.End;
            }

            return at == text.Length;
        });

    [Fact]
    public void GetPosition_AnyOffset_IsInverseOfGetOffset() =>
        Check(text =>
        {
            var document = TextDocument.Parse(text);
            return Enumerable.Range(1, document.LineCount).All(l => document.GetPosition(document.GetOffset(l)) == (l, 1));
        });

    [Fact]
    public void Parse_AnyDelta_BlocksAreRangesOfTheTextInOrder() =>
        Check(text =>
        {
            var spec = DeltaSpec.Parse(text);
            var blocks = spec.Added.Concat(spec.Modified).OrderBy(r => r.Span.Start).ToArray();
            return blocks.All(r => r.Header.Start == r.Span.Start && r.Span.End <= text.Length
                    && r.Scenarios.All(s => s.Span.Start >= r.Header.End && s.Span.End <= r.Span.End)
                    && (r.BodySpan is not { } body || (body.Start >= r.Header.End && body.End <= r.Span.End)))
                && blocks.Zip(blocks.Skip(1)).All(p => p.First.Span.End <= p.Second.Span.Start);
        });

    [Fact]
    public void Parse_AnyTaskFile_SpansHoldWhatTheySay() =>
        Check(text => TaskList.Parse(text).Tasks.All(t =>
            t.TextSpan.In(text) == t.Text && t.Box.In(text)[0] == '[' && t.Box.In(text)[^1] == ']' && (t.Id is null || t.Text.StartsWith(t.Id, StringComparison.Ordinal))));

    [Fact]
    public void Parse_AnyDocument_SectionsNestByLevelInOrder() =>
        // A child may stand after the content of its parent: a header without a title ends content, but not parenthood.
        Check(text => MarkdownDocument.Parse(text).AllSections().All(s => s.Children.All(c => c.Level > s.Level && c.Header.Start >= s.Header.End))
            && MarkdownDocument.Parse(text).AllSections().Select(s => s.Header.Start) is var starts && starts.SequenceEqual(starts.Order()));

    [Fact]
    public void Parse_AnyText_GivesTheSameTwice() =>
        Check(text => DeltaSpec.Parse(text).EntryCount == DeltaSpec.Parse(text).EntryCount && MainSpec.Parse(text).Source.Text == text && Proposal.Parse(text).Source.Text == text);

    private static void Check(Func<string, bool> property) =>
        Prop.ForAll(Texts.Document.Arbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
