namespace Migrations.Engine.Scripts;

/// <summary>Puts the text of a section together: pieces of its files, with included files in the place of <c>\i</c> and <c>\ir</c>.</summary>
internal sealed class SectionComposer(ProjectFiles files, SplitOptions options, LineEnds lineEnds)
{
    private readonly ComposedText.Builder _text = new();
    private readonly List<SourceFile> _files = [];
    private readonly List<DataReference> _data = [];
    private readonly List<string> _open = [];

    /// <param name="fileCommands">Those of the whole file that name other files.</param>
    /// <param name="bareEnds">Where statements of the whole file end without saying so.</param>
    public void Add(SourceFile file, IReadOnlyList<MetaCommand> fileCommands, IReadOnlyList<int> bareEnds, int start, int end)
    {
        if (!_files.Contains(file)) _files.Add(file);
        _open.Add(file.Path);
        foreach (var command in fileCommands)
        {
            if (command.Start < start || command.Start >= end) continue;
            var position = file.At(command.Start);
            if (MetaCommandRules.IsCopy(command))
            {
                if (CopyCommand.Parse(command, file.Text, file.At) is { FileName: { } name }) _data.Add(new DataReference(name, position));
                continue;
            }

            Append(file, bareEnds, start, command.Start);
            Include(command, position);
            start = command.Start + command.Length;
        }

        Append(file, bareEnds, start, end);
        _open.RemoveAt(_open.Count - 1);
    }

    /// <summary>A line of our own, such as the marker that a file of a pair does without.</summary>
    public void AddLine(string line)
    {
        if (!_text.EndsLine) _text.Add("\n");
        _text.Add(line + "\n");
    }

    public Composition Build() => new(_text.Build(), _files, _data);

    private void Append(SourceFile file, IReadOnlyList<int> bareEnds, int start, int end)
    {
        foreach (var at in bareEnds)
        {
            if (at <= start || at >= end) continue;
            _text.Append(file, start, at);
            _text.Add(";\n");
            start = at;
        }

        _text.Append(file, start, end);
    }

    private void Include(MetaCommand command, SourcePosition position)
    {
        if (SlashArguments.Parse(command.Arguments, ScriptVariables.None, position) is not [var written])
            throw new ScriptException("IncludeMissing", FailureKind.Syntax, $"'\\{command.Name}' takes the name of one file.", "Quote a name that holds spaces: \\ir 'a file.sql'.", position);

        var relative = MetaCommandRules.IsRelativeInclude(command);
        var path = files.Resolve(written, position, besideScript: relative, fromRoot: !relative);
        if (_open.Contains(files.Relative(path)))
        {
            throw new ScriptException("IncludeCycle", FailureKind.Conflict,
                $"The files include each other in a circle: {string.Join(" includes ", _open.Append(files.Relative(path)))}.", "Take out one of these inclusions.", position);
        }

        var included = LexedFile.Read(files.Read(path).WithLineEnds(lineEnds), options);
        if (included.Directives.FirstOrDefault(d => d.Directive.IsMarker) is { } marker)
        {
            throw new ScriptException("SectionInInclude", FailureKind.Syntax, "An included file cannot begin a section.",
                "Keep the markers in the script itself.", included.File.At(marker.Start));
        }

        Add(included.File, included.FileCommands, included.BareEnds, 0, included.File.Text.Length);
        // psql sends what an included file leaves unfinished when the file ends.
        if (!included.EndsStatement) _text.Add("\n;");
    }
}
