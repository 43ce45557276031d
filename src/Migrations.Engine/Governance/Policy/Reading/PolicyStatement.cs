using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>One statement as the rules see it.</summary>
internal sealed class PolicyStatement
{
    private readonly Lazy<SqlStatement?> _parsed;
    private readonly Lazy<IReadOnlyList<PolicyText>> _texts;
    private readonly Lazy<string?> _opaque;

    public PolicyStatement(ScriptStep step, SectionKind section)
    {
        (Step, Section) = (step, section);
        _parsed = new Lazy<SqlStatement?>(() => StatementSplitter.Split(step.Text + "\n;").Elements.OfType<SqlStatement>().FirstOrDefault(statement => !statement.IsEmpty));
        _texts = new Lazy<IReadOnlyList<PolicyText>>(() => PolicyText.Of(step));
        _opaque = new Lazy<string?>(() => Governance.Opaque.Why(this));
    }

    public ScriptStep Step { get; }

    public SectionKind Section { get; }

    public string Verb => Step.Facts.Verb;

    /// <summary>Null for what is no statement, such as a backslash command.</summary>
    public SqlStatement? Parsed => _parsed.Value;

    /// <summary>The statement itself, and what stands in quotes inside a body.</summary>
    public IReadOnlyList<PolicyText> Texts => _texts.Value;

    /// <summary>Why its words do not tell what it does; null: they do.</summary>
    public string? Opaque => _opaque.Value;

    public static IEnumerable<PolicyStatement> Of(Script script) => script.Sections.SelectMany(section => section.Steps.Select(step => new PolicyStatement(step, section.Kind)));

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
}
