using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Editing;

/// <summary>
/// Finds headings of a delta spec that are meant as section, requirement or scenario headers but are not read as such: wrong number of
/// hashes, indent, missing blank, a blank before the colon, bold type, singular or colon in a section title. Words have to be right.
/// </summary>
internal sealed class HeadingRepairs(OpenSpecDocument<DeltaSpec> document)
{
    private readonly TextDocument _text = document.Content.Source;
    private readonly List<MechanicalRepair> _found = [];
    private readonly List<MechanicalRepair> _boldScenarios = [];
    private DeltaOperation? _section;
    private bool _isInRequirement;
    private bool _hasScenarioHeader;
    private bool _hasProperScenario;

    public IReadOnlyList<MechanicalRepair> Find()
    {
        for (var i = 0; i < _text.LineCount; i++)
        {
            if (_text.IsFenced(i))
                continue;
            if (LooseHeading.TryParse(_text.At(i), out var heading))
                CheckHeading(i, heading);
            else if (_isInRequirement)
                CheckBoldScenario(i);
        }

        LeaveRequirement();
        return _found;
    }

    private void CheckHeading(int line, LooseHeading heading)
    {
        if (heading.TryOperation(out var operation))
        {
            LeaveRequirement();
            _section = operation;
            if (!heading.IsProper(2) || DeltaReader.OperationOf(heading.RawTitle) is null)
                Add("C15", line, $"## {Title(operation)} Requirements", "The section header is misspelt");
        }
        else if (_section is not null && heading.TryNamed("requirement", out var requirement))
        {
            LeaveRequirement();
            _isInRequirement = _section is DeltaOperation.Added or DeltaOperation.Modified;
            if (heading.Indent > 0 || !Headers.TryRequirement(_text.At(line), out _))
                Add("C14", line, $"### Requirement: {requirement}", "The requirement header is not of the form \"### Requirement: NAME\"");
        }
        else if (_isInRequirement && heading.TryNamed("scenario", out var scenario))
        {
            CheckScenario(line, heading, scenario);
        }
        else if (heading is { Level: 4, Indent: 0, HasBlank: true })
        {
            _hasScenarioHeader = _hasProperScenario = true;
        }
        else if (heading.Level <= 2)
        {
            LeaveRequirement();
            _section = null;
        }
    }

    private void CheckScenario(int line, LooseHeading heading, string name)
    {
        _hasScenarioHeader = true;
        if (heading.IsProper(4) && heading.HasColonForm("scenario"))
            _hasProperScenario = true;
        else if (heading.Level <= 4 || !_hasProperScenario)
            Add("C8", line, $"#### Scenario: {name}", "The scenario header is not of the form \"#### Scenario: NAME\"");
        // A deeper one below a proper scenario may be part of that one: not certain.
    }

    /// <summary>A line such as <c>- **Scenario: NAME**</c> with WHEN or GIVEN in the list item that follows.</summary>
    private void CheckBoldScenario(int index)
    {
        if (!LooseHeading.TryBoldScenario(_text.At(index), out var name))
            return;
        for (var next = index + 1; next < _text.LineCount; next++)
        {
            var line = _text.At(next);
            if (EcmaText.IsBlank(line))
                continue;
            if (!_text.IsFenced(next) && LooseHeading.IsStep(line))
                _boldScenarios.Add(Repair("C8", index, $"#### Scenario: {name}", "The scenario is in bold type instead of a header \"#### Scenario: NAME\""));
            return;
        }
    }

    private void LeaveRequirement()
    {
        // Bold type is certain only where nothing else is a scenario.
        if (_isInRequirement && !_hasScenarioHeader)
            _found.AddRange(_boldScenarios);
        _boldScenarios.Clear();
        _isInRequirement = _hasScenarioHeader = _hasProperScenario = false;
    }

    private void Add(string rule, int line, string newLine, string reason) => _found.Add(Repair(rule, line, newLine, reason));

    private MechanicalRepair Repair(string rule, int index, string newLine, string reason)
    {
        var line = _text.GetLineSpan(index + 1);
        return new(rule, document.Path, [new(line.Start, line.In(_text.Text), newLine)], $"{reason} (line {index + 1}).");
    }

    private static string Title(DeltaOperation operation) => operation.ToString().ToUpperInvariant();
}
