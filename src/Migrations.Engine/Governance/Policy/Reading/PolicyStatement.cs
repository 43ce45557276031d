using Migrations.Engine.Scripts;

namespace Migrations.Engine.Governance;

/// <summary>One statement as the rules see it.</summary>
internal sealed class PolicyStatement(ScriptStep step, SectionKind section)
{
    private IReadOnlyList<PolicyText>? _texts;
    private (string? Why, bool IsKnown) _opaque;

    public ScriptStep Step => step;

    public SectionKind Section => section;

    public string Verb => step.Facts.Verb;

    public IReadOnlyList<PolicyText> Texts => _texts ??= PolicyText.Of(step);

    /// <summary>Why its words do not tell what it does; null: they do.</summary>
    public string? Opaque
    {
        get
        {
            if (!_opaque.IsKnown) _opaque = (Governance.Opaque.Why(step, Texts), true);
            return _opaque.Why;
        }
    }

    public static IEnumerable<PolicyStatement> Of(Script script) => script.Sections.SelectMany(section => section.Steps.Select(step => new PolicyStatement(step, section.Kind)));

    /// <summary>Where a word of it was written.</summary>
    public SourcePosition At(PolicyText text, PolicyWord word)
    {
        // The server, whose positions these stand for, counts characters.
        var characters = 1;
        var end = Math.Min(text.OffsetOf(word), step.Text.Length);
        for (var i = 0; i < end; i++)
            if (!char.IsLowSurrogate(step.Text[i])) characters++;
        return step.Locate(characters);
    }
}
