using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>One statement as the rules see it; <c>\;</c> joins several to one step, and each is read by itself.</summary>
internal sealed class PolicyStatement
{
    private readonly Lazy<SqlStatement?> _parsed;
    private readonly Lazy<IReadOnlyList<PolicyText>> _texts;
    private readonly Lazy<string?> _opaque;

    private PolicyStatement(ScriptStep step, SectionKind section, string verb, string text, int offset)
    {
        (Step, Section, Verb) = (step, section, verb);
        _parsed = new Lazy<SqlStatement?>(() => Statements(text).FirstOrDefault());
        _texts = new Lazy<IReadOnlyList<PolicyText>>(() => PolicyText.Of(verb, text, offset));
        _opaque = new Lazy<string?>(() => Governance.Opaque.Why(this));
    }

    public ScriptStep Step { get; }

    public SectionKind Section { get; }

    public string Verb { get; }

    /// <summary>Null for what is no statement, such as a backslash command.</summary>
    public SqlStatement? Parsed => _parsed.Value;

    /// <summary>The statement itself, and what stands in quotes inside a body.</summary>
    public IReadOnlyList<PolicyText> Texts => _texts.Value;

    /// <summary>Why its words do not tell what it does; null: they do.</summary>
    public string? Opaque => _opaque.Value;

    public static IEnumerable<PolicyStatement> Of(Script script) => script.Sections.SelectMany(section => section.Steps.SelectMany(step => Of(step, section.Kind)));

    public static IEnumerable<PolicyStatement> Of(ScriptStep step, SectionKind section) =>
        step.SourceText.Contains("\\;", StringComparison.Ordinal) && Statements(step.Text).ToList() is { Count: > 1 } several
            ? several.Select(statement => new PolicyStatement(step, section, StatementFacts.Of(statement).Verb, statement.Text, statement.Start))
            : [new PolicyStatement(step, section, step.Facts.Verb, step.Text, 0)];

    /// <summary>Where a word of it was written.</summary>
    public SourcePosition At(PolicyText text, PolicyWord word)
    {
        // The server, whose positions these stand for, counts characters.
        var characters = 1;
        var end = Math.Min(text.OffsetOf(word), Step.Text.Length);
        for (var i = 0; i < end; i++)
            if (!char.IsLowSurrogate(Step.Text[i])) characters++;
        return Step.Locate(characters);
    }

    private static IEnumerable<SqlStatement> Statements(string text) => StatementSplitter.Split(text + "\n;").Elements.OfType<SqlStatement>().Where(statement => !statement.IsEmpty);
}
