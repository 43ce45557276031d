namespace Migrations.Engine.Scripts;

/// <summary>A file after the lexer, and after the checks that every text passes: script, included file, or text from the history.</summary>
internal sealed class LexedFile
{
    private LexedFile(SourceFile file, LexedScript script, IReadOnlyList<PlacedDirective> directives)
    {
        File = file;
        Script = script;
        Directives = directives;
    }

    public SourceFile File { get; }

    public LexedScript Script { get; }

    /// <summary>In order; those that this version does not support are refused before.</summary>
    public IReadOnlyList<PlacedDirective> Directives { get; }

    /// <summary>The commands that name other files.</summary>
    public IReadOnlyList<MetaCommand> FileCommands =>
        [.. Script.Elements.OfType<MetaCommand>().Where(c => MetaCommandRules.IsInclude(c) || MetaCommandRules.IsCopy(c))];

    /// <summary>False when the last statement lacks its semicolon.</summary>
    public bool EndsStatement => IsEnd(Script.Tokens.LastOrDefault(t => t.IsCode));

    /// <summary>Offsets where goose ends a statement that has no semicolon.</summary>
    public IReadOnlyList<int> BareEnds =>
    [
        .. from placed in Directives
           where GooseAnnotation.EndsStatement(placed.Directive) && !IsEnd(Script.Tokens.LastOrDefault(t => t.IsCode && t.Start < placed.Start))
           select placed.Start,
    ];

    /// <exception cref="ScriptException">
    /// <c>ScriptUnfinished</c>: an open quote and the like; <c>MetaCommandRefused</c>; <c>DirectiveUnsupported</c>; <c>DirectiveInvalid</c>.
    /// </exception>
    public static LexedFile Read(SourceFile file, SplitOptions options)
    {
        var script = StatementSplitter.Split(file.Text, options);
        if (script.Fault is { } fault)
        {
            throw new ScriptException("ScriptUnfinished", FailureKind.Syntax, fault.Message,
                "Close what is open; nothing after it can be told apart.", file.At(fault.Start));
        }

        MetaCommandRules.Check(script, file.At);
        return new LexedFile(file, script, [.. FindDirectives(file, script)]);
    }

    private static IEnumerable<PlacedDirective> FindDirectives(SourceFile file, LexedScript script)
    {
        foreach (var token in script.Tokens)
        {
            if (token.Kind != TokenKind.LineComment || !StartsLine(file.Text, token.Start)) continue;
            if (Directive.Match(file.Text.Substring(token.Start, token.Length)) is not { } directive) continue;

            if (!directive.IsSupported)
            {
                throw new ScriptException("DirectiveUnsupported", FailureKind.Refused, $"'-- {directive.Name}:' is not supported by this version.",
                    "Use a later version of the module, or, if it is meant as a plain comment, begin the line with something else.", file.At(token.Start));
            }

            GooseAnnotation.Check(directive, file.At(token.Start));
            if (directive.IsAllow) directive.ToAllow(file.At(token.Start));
            yield return new PlacedDirective(directive, token.Start, token.End);
        }
    }

    private static bool IsEnd(Token token) => token is { Length: 0 } or { Kind: TokenKind.Semicolon or TokenKind.MetaCommand or TokenKind.CopyData };

    internal static bool StartsLine(string text, int offset) => offset == 0 || text[offset - 1] is '\n' or '\r';
}
