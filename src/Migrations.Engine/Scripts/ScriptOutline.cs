namespace Migrations.Engine.Scripts;

/// <summary>One script file cut into its header, what stands before the first marker, and its sections.</summary>
/// <param name="BareEnds">As <see cref="LexedFile.BareEnds"/>.</param>
/// <param name="PreambleEnd">Where the first marker begins; 0 without markers.</param>
internal sealed record ScriptOutline(
    SourceFile File, IReadOnlyList<MetaCommand> FileCommands, IReadOnlyList<int> BareEnds, ScriptHeader Header, int HeaderEnd, int PreambleEnd, IReadOnlyList<OutlineSection> Sections)
{
    /// <exception cref="ScriptException"><c>TextBeforeSection</c>, <c>SectionDuplicate</c>, and what markers may have wrong.</exception>
    public static ScriptOutline Read(SourceFile source, SplitOptions options)
    {
        var (header, headerEnd) = HeaderReader.Read(source);
        var file = LexedFile.Read(source, options);
        var markers = file.Directives.Where(d => d.Directive.IsMarker).ToList();
        var length = source.Text.Length;
        var settings = SectionSettings.Of(header);
        if (file.Directives.Any(d => GooseAnnotation.SwitchesTransactionOff(d.Directive))) settings = settings with { Transaction = TransactionMode.Never };
        if (markers.Count == 0)
        {
            var whole = new OutlineSection(SectionKind.Up, 0, length, settings, HasCode(file, 0, length), null);
            return new ScriptOutline(source, file.FileCommands, file.BareEnds, header, headerEnd, 0, [whole]);
        }

        CheckPreamble(file, markers[0].Start);
        var sections = new List<OutlineSection>();
        for (var i = 0; i < markers.Count; i++)
        {
            var position = source.At(markers[i].Start);
            var marker = SectionMarker.Parse(markers[i].Directive.Arguments, position);
            if (sections.Find(s => s.Kind == marker.Kind) is { } first)
            {
                throw new ScriptException("SectionDuplicate", FailureKind.Syntax,
                    $"The section '{marker.Kind.ToString().ToLowerInvariant()}' is there twice; the first begins in line {source.At(first.Start).Line}.",
                    "Put both parts under one marker, or make two scripts.", position);
            }

            var end = i + 1 < markers.Count ? markers[i + 1].Start : length;
            sections.Add(new OutlineSection(marker.Kind, markers[i].Start, end, marker.Apply(settings, position), HasCode(file, markers[i].End, end), marker));
        }

        return new ScriptOutline(source, file.FileCommands, file.BareEnds, header, headerEnd, markers[0].Start, sections);
    }

    /// <summary>The settings of a section of this file when another file of the script holds the header.</summary>
    public SectionSettings SettingsUnder(ScriptHeader header, OutlineSection section) =>
        section.Marker is { } marker ? marker.Apply(SectionSettings.Of(header), File.At(section.Start)) : SectionSettings.Of(header);

    private static void CheckPreamble(LexedFile file, int end)
    {
        foreach (var token in file.Script.Tokens)
        {
            if (token.Start >= end) return;
            if (!token.IsCode || IsSet(file, token)) continue;
            throw new ScriptException("TextBeforeSection", FailureKind.Syntax, "This stands before the first section and would never run.",
                @"Move it below a marker; only the header, comments and \set may come before.", file.File.At(token.Start));
        }
    }

    private static bool HasCode(LexedFile file, int start, int end)
    {
        foreach (var token in file.Script.Tokens)
        {
            if (token.Start >= end) return false;
            if (token.Start >= start && token.IsCode && token.Kind != TokenKind.Semicolon && !IsSet(file, token)) return true;
        }

        return false;
    }

    private static bool IsSet(LexedFile file, Token token) =>
        token.Kind == TokenKind.MetaCommand
        && file.Script.Elements.OfType<MetaCommand>().Any(c => c.Start == token.Start && (MetaCommandRules.IsSet(c) || MetaCommandRules.IsHarmless(c)));
}
