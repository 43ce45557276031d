namespace Migrations.Engine.Scripts;

using FoundSections = IReadOnlyDictionary<SectionKind, (ScriptOutline Outline, OutlineSection Section)>;

/// <summary>What must be true of a script as a whole.</summary>
internal static class ScriptRules
{
    /// <exception cref="ScriptException"><c>ScriptEmpty</c>, <c>UpMissing</c>, <c>SectionMisplaced</c>, <c>IrreversibleWithDown</c>.</exception>
    public static void Check(ScriptIdentity identity, ScriptOutline main, FoundSections sections)
    {
        var end = main.File.At(main.File.Text.Length);
        if (sections.Values.All(s => !s.Section.HasCode))
            throw new ScriptException("ScriptEmpty", FailureKind.InvalidInput, "The file holds no statement.", "Write one, or delete the file.", end);
        if (!sections.TryGetValue(SectionKind.Up, out var up))
            throw new ScriptException("UpMissing", FailureKind.Syntax, "The script has no up section.", "Add '-- migrate:up' above what it does.", end);
        if (!up.Section.HasCode)
            throw new ScriptException("ScriptEmpty", FailureKind.InvalidInput, "The up section holds no statement.", "Write one, or delete the script.", up.Outline.File.At(up.Section.Start));

        foreach (var (kind, (outline, section)) in sections)
        {
            if (IsAllowed(identity.Kind, kind)) continue;
            throw new ScriptException("SectionMisplaced", FailureKind.Syntax, $"A {identity.Kind.ToString().ToLowerInvariant()} script has no '{kind.ToString().ToLowerInvariant()}' section.",
                "Move it to a versioned script.", outline.File.At(section.Start));
        }

        if (main.Header.EntryOf("irreversible") is { } entry && sections.TryGetValue(SectionKind.Down, out var down) && down.Section.HasCode)
        {
            throw new ScriptException("IrreversibleWithDown", FailureKind.Conflict,
                $"The script says that it is irreversible, and has a down in {down.Outline.File.At(down.Section.Start)}.", "Take out the one that is wrong.", entry.Position);
        }
    }

    private static bool IsAllowed(ScriptKind script, SectionKind section) => script switch
    {
        ScriptKind.Versioned => true,
        ScriptKind.Repeatable => section != SectionKind.Down,
        _ => section == SectionKind.Up,
    };
}
