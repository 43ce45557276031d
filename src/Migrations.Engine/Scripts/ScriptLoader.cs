namespace Migrations.Engine.Scripts;

/// <summary>Makes one script out of its files.</summary>
internal sealed class ScriptLoader(ProjectFiles project, ScriptVariables variables, SplitOptions options)
{
    /// <param name="parts">The file with the up section and, in a folder or pair, the others.</param>
    public Script Load(ScriptIdentity identity, IReadOnlyList<ScriptFile> parts)
    {
        var main = parts.First(p => p.GivesUp);
        var outline = ScriptOutline.Read(ReadMain(main), options);
        var header = identity.Requires.Count == 0 ? outline.Header : outline.Header with { Requires = [.. outline.Header.Requires, .. identity.Requires] };
        var found = new Dictionary<SectionKind, (ScriptOutline Outline, OutlineSection Section)>();
        Take(found, main, outline);

        var outlines = new List<ScriptOutline> { outline };
        foreach (var part in parts.Where(p => p != main))
        {
            outlines.Add(ScriptOutline.Read(project.Read(part.FullPath).WithLineEnds(header.LineEnds), options));
            Take(found, part, outlines[^1]);
        }

        ScriptRules.Check(identity, outline, found);
        var context = new StepContext(variables, project, options, ScriptName.HasPlaceholdersInStrings(main.RelativePath));
        var verifying = main.Name.Style == NameStyle.Sqitch ? context with { TestsUndoThemselves = true } : context;
        var sections = found.Where(f => f.Value.Section.HasCode).ToDictionary(f => f.Key, f => Section(f.Value.Outline, f.Value.Section, f.Key, outline, f.Key == SectionKind.Verify ? verifying : context));
        var content = new ScriptContent([.. outlines.Select(o => o.File)], main.Folder, project, outlines.Exists(o => o.FileCommands.Count > 0));
        return new Script(identity, header, sections, content);
    }

    private SourceFile ReadMain(ScriptFile file)
    {
        var source = project.Read(file.FullPath);
        return source.Text.Contains('\r') ? source.WithLineEnds(HeaderReader.Read(source).Header.LineEnds) : source;
    }

    private static void Take(Dictionary<SectionKind, (ScriptOutline Outline, OutlineSection Section)> found, ScriptFile file, ScriptOutline outline)
    {
        foreach (var section in outline.Sections)
        {
            var kind = SectionOf(file, outline, section);
            if (found.TryGetValue(kind, out var other))
            {
                throw new ScriptException("SectionDuplicate", FailureKind.Conflict, $"This is the '{Word(kind)}' of the script, and so is {other.Outline.File.Path}.",
                    "Keep one of them.", outline.File.At(section.Start));
            }

            found.Add(kind, (outline, section));
        }
    }

    /// <summary>A file that is one section by its name may say so again in a marker, and nothing else.</summary>
    private static SectionKind SectionOf(ScriptFile file, ScriptOutline outline, OutlineSection section)
    {
        if (file.Role == FileRole.Whole) return section.Kind;

        var kind = Enum.Parse<SectionKind>(file.Role.ToString());
        if (section.HasMarker && section.Kind != kind)
        {
            throw new ScriptException("SectionMisplaced", FailureKind.Syntax, $"The file is the '{Word(kind)}' of its script by its name, and here begins '{Word(section.Kind)}'.",
                "Move that part to a file of its own, or take the marker out.", outline.File.At(section.Start));
        }

        if (kind != SectionKind.Up && outline.HeaderEnd > 0)
        {
            throw new ScriptException("HeaderMisplaced", FailureKind.Syntax, "The header stands in the file with the up section.",
                "Move these lines there; options of this section alone go on a marker: -- migrate:down transaction:false.", outline.File.At(0));
        }

        return kind;
    }

    private ScriptSection Section(ScriptOutline outline, OutlineSection section, SectionKind kind, ScriptOutline main, StepContext context)
    {
        // What the header says holds for every file of the script.
        var settings = outline == main ? section.Settings : outline.SettingsUnder(main.Header, section);
        return new ScriptSection(kind, settings, Compose, context);

        Composition Compose()
        {
            var composer = new SectionComposer(project, options, main.Header.LineEnds);
            if (outline != main)
            {
                composer.Add(main.File, [], [], 0, main.HeaderEnd);
                if (!section.HasMarker) composer.AddLine($"-- migrate:{Word(kind)}");
            }

            composer.Add(outline.File, outline.FileCommands, outline.BareEnds, 0, outline.PreambleEnd);
            composer.Add(outline.File, outline.FileCommands, outline.BareEnds, section.Start, section.End);
            return composer.Build();
        }
    }

    private static string Word(SectionKind kind) => kind.ToString().ToLowerInvariant();
}
