namespace Migrations.Engine.Scripts;

/// <summary>One direction of a script, or one of its tests. The text is read when it is asked for.</summary>
public sealed class ScriptSection
{
    private readonly Lazy<Composition> _composition;
    private readonly Lazy<LexedScript> _lexed;
    private readonly Lazy<IReadOnlyList<ScriptStep>> _steps;

    internal ScriptSection(SectionKind kind, SectionSettings settings, Func<Composition> compose, StepContext context)
    {
        Kind = kind;
        Settings = settings;
        _composition = new Lazy<Composition>(compose);
        _lexed = new Lazy<LexedScript>(() => StatementSplitter.Split(Text, context.Options));
        _steps = new Lazy<IReadOnlyList<ScriptStep>>(() => StepReader.Read(_composition.Value.Text, _lexed.Value, context));
    }

    public SectionKind Kind { get; }

    public SectionSettings Settings { get; }

    /// <summary>
    /// All that is needed to run the section again without its files, and so what the history keeps: the header, <c>\set</c> lines, the marker,
    /// the code with included files in it. Variables stand unreplaced in it.
    /// </summary>
    /// <exception cref="ScriptException">An included file is missing, outside the project, or includes itself.</exception>
    public string Text => _composition.Value.Text.Text;

    /// <summary>The statements in order.</summary>
    /// <exception cref="ScriptException">As <see cref="Text"/>, and an undeclared placeholder, a forbidden statement, a value that breaks one.</exception>
    public IReadOnlyList<ScriptStep> Steps => _steps.Value;

    /// <summary>The findings that the author accepts in this section.</summary>
    public IReadOnlyList<AllowDirective> Allows =>
    [
        .. from token in Lexed.Tokens
           where token.Kind == TokenKind.LineComment && LexedFile.StartsLine(Text, token.Start)
           let directive = Directive.Match(Text.Substring(token.Start, token.Length))
           where directive is { IsAllow: true }
           select directive.ToAllow(Composition.Text.At(token.Start)),
    ];

    internal Composition Composition => _composition.Value;

    internal LexedScript Lexed => _lexed.Value;

    /// <summary>Reads a section back from the text that <see cref="Text"/> gave.</summary>
    /// <param name="fileName">For errors, and for the rules of its spelling: the script's own path.</param>
    /// <param name="projectRoot">Where <c>\copy</c> finds its files; null: nowhere.</param>
    /// <exception cref="ScriptException">As for a file.</exception>
    public static ScriptSection Parse(
        string text, string fileName, ScriptVariables? variables = null, string? projectRoot = null, bool standardConformingStrings = true)
    {
        var options = SplitOptionsFor(standardConformingStrings);
        var source = new SourceFile(fileName, text);
        var outline = ScriptOutline.Read(source, options);
        if (outline.Sections is not [var section])
        {
            throw new ScriptException("SectionDuplicate", FailureKind.Syntax, "One section is expected here, and the text holds several.",
                "Give the text of one section.", source.At(outline.Sections[1].Start));
        }

        var files = new ProjectFiles(projectRoot);
        var context = new StepContext(variables ?? ScriptVariables.None, files, options, ScriptName.HasPlaceholdersInStrings(fileName));
        return new ScriptSection(section.Kind, section.Settings, Compose, context);

        Composition Compose()
        {
            var composer = new SectionComposer(files, options, LineEnds.Keep);
            composer.Add(source, outline.FileCommands, outline.BareEnds, 0, text.Length);
            return composer.Build();
        }
    }

    // We send statements in transactions of ours, as psql does with AUTOCOMMIT off.
    internal static SplitOptions SplitOptionsFor(bool standardConformingStrings) => new(standardConformingStrings, Autocommit: false);
}
