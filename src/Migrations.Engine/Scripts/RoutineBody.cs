namespace Migrations.Engine.Scripts;

/// <summary>
/// psql's rule for the semicolons inside <c>BEGIN ATOMIC … END</c>: in a statement whose first words are
/// CREATE [OR REPLACE] FUNCTION or PROCEDURE, outside parentheses, BEGIN opens a body, CASE inside a body opens one more level,
/// and END closes one. psql does not look for ATOMIC, so a function named <c>begin</c> opens one as well.
/// </summary>
internal struct RoutineBody
{
    private Progress _progress;

    private enum Progress
    {
        Start,
        Create,
        CreateOr,
        CreateOrReplace,
        Routine,
        AnythingElse,
    }

    /// <summary>0 outside a body.</summary>
    public int Depth { get; private set; }

    /// <summary>True when this statement can have a body at all.</summary>
    public readonly bool IsRoutine => _progress == Progress.Routine;

    /// <summary>The next word is the first of a statement; a body that is open stays open.</summary>
    public void BeginStatement() => _progress = Progress.Start;

    /// <summary>Forgets the body too, as psql does when \g sends an incomplete statement.</summary>
    public void Reset() => this = default;

    /// <param name="word">The next unquoted word of the statement.</param>
    /// <param name="inParentheses">Words there count for the start of the statement but not for the body.</param>
    public void Add(ReadOnlySpan<char> word, bool inParentheses)
    {
        if (_progress == Progress.AnythingElse) return;
        if (_progress != Progress.Routine) _progress = Next(word);
        else if (!inParentheses) CountLevel(word);
    }

    private readonly Progress Next(ReadOnlySpan<char> word) => _progress switch
    {
        Progress.Start when Is(word, "create") => Progress.Create,
        Progress.Create when Is(word, "or") => Progress.CreateOr,
        Progress.CreateOr when Is(word, "replace") => Progress.CreateOrReplace,
        Progress.Create or Progress.CreateOrReplace when Is(word, "function") || Is(word, "procedure") => Progress.Routine,
        _ => Progress.AnythingElse,
    };

    private void CountLevel(ReadOnlySpan<char> word)
    {
        if (Is(word, "begin") || (Depth > 0 && Is(word, "case"))) Depth++;
        else if (Depth > 0 && Is(word, "end")) Depth--;
    }

    private static bool Is(ReadOnlySpan<char> word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
