namespace Migrations.Engine.Scripts;

/// <summary>Turns the elements of a section into steps: carries out <c>\set</c>, replaces variables, finds the rows of COPY.</summary>
internal sealed class StepReader
{
    private readonly ComposedText _section;
    private readonly StepContext _context;
    private readonly List<ScriptStep> _steps = [];
    private ScriptVariables _variables;

    private StepReader(ComposedText section, StepContext context)
    {
        _section = section;
        _context = context;
        _variables = context.Variables;
    }

    public static IReadOnlyList<ScriptStep> Read(ComposedText section, LexedScript lexed, StepContext context)
    {
        var reader = new StepReader(section, context);
        foreach (var element in lexed.Elements)
        {
            switch (element)
            {
                case SqlStatement { IsEmpty: true }:
                    break;
                case SqlStatement statement:
                    reader.Add(statement, null);
                    break;
                case CopyBlock block:
                    reader.Add(block.Statement, new CopySource(block.Data));
                    break;
                case MetaCommand command when MetaCommandRules.IsSet(command):
                    reader._variables = SetCommand.Run(command, reader._variables, section.At(command.Start));
                    break;
                case MetaCommand command when MetaCommandRules.IsCopy(command):
                    reader.AddCopy(command);
                    break;
            }
        }

        return reader._steps;
    }

    private void Add(SqlStatement statement, CopySource? data)
    {
        var expander = new VariableExpander(_variables, _context.PlaceholdersInStrings, _section.At);
        var sent = expander.Expand(statement, _section.Text);
        var seen = sent.IsVerbatim ? statement : Reread(sent);
        if (seen is null)
        {
            throw new ScriptException("VariableChangesStatement", FailureKind.Refused, "With the values of its variables this is no longer one statement.",
                "A value cannot hold ';', open a quote or a comment; use :'name' for text and :\"name\" for names.", _section.At(statement.Tokens[0].Start));
        }

        Add(sent, statement.Text, statement.Tokens[0].Start, statement.Tokens, StatementFacts.Of(seen), data);
    }

    private void AddCopy(MetaCommand command)
    {
        var copy = CopyCommand.Parse(command, _section.Text, _section.At);
        var text = new SentText.Builder();
        text.Insert("COPY ", command.Start);
        text.Copy(_section.Text, copy.TargetStart, copy.TargetStart + copy.Target.Length);
        text.Insert(" FROM STDIN", command.Start);
        text.Copy(_section.Text, copy.OptionsStart, copy.OptionsStart + copy.Options.Length);
        var sent = text.Build();

        var position = _section.At(command.Start);
        var data = command.Data is { } rows ? new CopySource(rows) : FileOf(new DataReference(copy.FileName!, position));
        var source = _section.Text.Substring(command.Start, command.Length).TrimEnd();
        var seen = Reread(sent) ?? throw new ScriptException("MetaCommandInvalid", FailureKind.Syntax, $"This \\copy makes no COPY: {sent.Text}", "Close its quotes and parentheses.", position);
        Add(sent, source, command.Start, null, StatementFacts.Of(seen), data);
    }

    private CopySource FileOf(DataReference data)
    {
        var path = _context.Files.ResolveData(data);
        return new CopySource(path, _context.Files.Relative(path));
    }

    private void Add(SentText sent, string source, int start, TokenRange? code, StatementFacts facts, CopySource? data)
    {
        if (facts.Forbidden is { } reason)
            throw new ScriptException("StatementForbidden", FailureKind.Refused, $"A script cannot say {facts.Verb} like this.", reason, _section.At(start));
        _steps.Add(_context.TestsUndoThemselves ? Test(sent, source, start, code, facts, data) : new ScriptStep(_steps.Count + 1, _section, sent, source, start, code, facts, data));
    }

    private ScriptStep Test(SentText sent, string source, int start, TokenRange? code, StatementFacts facts, CopySource? data)
    {
        if (facts.Control is TransactionControl.Begin or TransactionControl.Rollback)
        {
            var savepoint = new SentText.Builder();
            savepoint.Insert(facts.Control == TransactionControl.Begin ? "savepoint migrations_verify" : "rollback to savepoint migrations_verify", start);
            (sent, facts) = (savepoint.Build(), facts with { Control = TransactionControl.None });
        }

        return new ScriptStep(_steps.Count + 1, _section, sent, source, start, code, facts, data) { MustBeTrue = false };
    }

    /// <summary>The statement that the server will see; null when it is not one statement any more.</summary>
    private SqlStatement? Reread(SentText sent)
    {
        // The rows of a COPY are elsewhere by now: an end for the statement and for rows keeps the lexer content, and means nothing to another statement.
        var again = StatementSplitter.Split(sent.Text + "\n;\n\\.\n", _context.Options);
        var elements = again.Elements.Where(e => e is not (MetaCommand { Name: "." } or SqlStatement { IsEmpty: true })).ToList();
        return elements switch
        {
            _ when again.Fault is not null => null,
            [SqlStatement { IsCompound: false } single] => single,
            [CopyBlock block] => block.Statement,
            _ => null,
        };
    }
}
