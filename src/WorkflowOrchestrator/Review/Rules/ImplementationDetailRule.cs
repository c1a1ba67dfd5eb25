using System.Collections.Frozen;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A binding sentence about source files, functions or classes: it will be wrong after the next refactoring, although the behaviour is the same.</summary>
/// <remarks>Sources: INCOSE Guide to Writing Requirements R31 (solution-free); EARS.</remarks>
internal sealed class ImplementationDetailRule : SentenceRule
{
    private static readonly string[] SourceFiles = [".cs", ".ts", ".tsx", ".js", ".jsx", ".py", ".go", ".rs", ".java", ".kt", ".rb", ".cpp", ".swift", ".php"];

    private static readonly FrozenSet<string> CodeWords = new[] { "class", "function", "method", "module", "interface" }.ToFrozenSet();

    public override string Id => "implementation-detail";

    public override int Number => 22;

    public override string Title => "Implementation detail in a requirement";

    public override FindingSeverity Severity => FindingSeverity.Advice;

    protected override RuleHit? Check(ReviewedRequirement requirement, Sentence sentence)
    {
        if (!sentence.IsBinding || sentence.Place != SentencePlace.Statement)
            return null;
        var words = sentence.Words;
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].IsHidden)
                continue;
            var code = sentence.HiddenText(words[i]);
            if (code.Length < 3 || code[0] != '`')
                continue;
            var name = code.Trim('`');
            var isNamed = i + 1 < words.Count && CodeWords.Contains(words[i + 1].Lower);
            if (isNamed || IsCode(name))
            {
                return RuleHit.In(sentence, words[i].Start, Severity, $"\"{Short(name, 60)}\" is how it is built, not what it does.") with { Suggestion = "Say what can be observed from outside; put the code into design.md." };
            }
        }

        return null;
    }

    private static bool IsCode(string name) =>
        name.EndsWith("()", StringComparison.Ordinal) || name.Contains("::", StringComparison.Ordinal) || SourceFiles.Any(extension => name.EndsWith(extension, StringComparison.Ordinal));
}
