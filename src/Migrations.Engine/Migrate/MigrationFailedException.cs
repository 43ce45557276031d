using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Migrations.Engine.Connection;
using Migrations.Engine.Online;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>The server refused a statement of a script: where in which file, what the server said, and what remains of the script.</summary>
public sealed partial class MigrationFailedException : ServerException
{
    internal MigrationFailedException(
        PlannedScript script, StatementFailedException failure, string remains, IReadOnlyList<Blocker> blockers, SecretMask mask)
        : base(failure.Failure, mask, "MigrationFailed", Describe(script, failure, remains, blockers), Advise(failure, script), script.Name)
    {
        Script = script.Name;
        Version = script.Version;
        SourcePosition = PositionOf(failure);
        Remains = remains;
        Blockers = blockers;
    }

    public string Script { get; }

    public string Version { get; }

    /// <summary>Null when no statement of the script is to blame, as for a deferred constraint that fails at COMMIT.</summary>
    public SourcePosition? SourcePosition { get; }

    public string? File => SourcePosition?.File;

    public int? Line => SourcePosition?.Line;

    public int? Column => SourcePosition?.Column;

    /// <summary>What of the script is in the database now.</summary>
    public string Remains { get; }

    /// <summary>Who was in the way, for a failed wait.</summary>
    public IReadOnlyList<Blocker> Blockers { get; }

    /// <summary>Somebody on the server cancelled the statement: Stop-Migration, pg_cancel_backend or a tool that calls it. Who, the server does not say.</summary>
    public bool WasCancelledThere => IsCancelThere(MessageText, SqlState);

    internal static bool IsCancelThere(PostgresException failure) => IsCancelThere(failure.MessageText, failure.SqlState);

    /// <summary>A time limit has the same SQLSTATE and only another text; where the server speaks another language than English, it stays open which it was.</summary>
    private static bool IsCancelThere(string message, string? state) =>
        state == PostgresErrorCodes.QueryCanceled && message == "canceling statement due to user request";

    internal static SourcePosition? PositionOf(StatementFailedException failure) =>
        failure.Step is not { } step ? null
        : failure.Failure.Position > 0 ? step.Locate(failure.Failure.Position)
        : step.Data is not null && CopyLine().Match(failure.Failure.Where ?? "") is { Success: true } row
            ? step.LocateRow(int.Parse(row.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) ?? step.Position
        : step.Position;

    [GeneratedRegex(@"^COPY .*?, line (\d+)", RegexOptions.Singleline)]
    private static partial Regex CopyLine();

    private static string Describe(PlannedScript script, StatementFailedException failure, string remains, IReadOnlyList<Blocker> blockers)
    {
        var error = failure.Failure;
        var text = new StringBuilder();
        var position = PositionOf(failure);
        text.Append(position?.ToString() ?? script.Path).Append(": ").Append(error.InvariantSeverity).Append(' ').Append(error.SqlState).Append(": ").Append(error.MessageText);
        if (position is not null) text.Append('\n').Append(position.Excerpt);
        else if (failure.Command == "commit") text.Append("\nAt COMMIT, so a deferred constraint or trigger of the script is the cause.");
        Add(text, "DETAIL", error.Detail);
        Add(text, "HINT", error.Hint);
        Add(text, "CONTEXT", error.Where);
        if (IsCancelThere(error)) text.Append("\nIt was cancelled on the server and not from here: by Stop-Migration, pg_cancel_backend or a tool that calls it. Who it was, the server does not say.");
        foreach (var blocker in SqlStateFacts.IsRetryable(error.SqlState) || error.SqlState == PostgresErrorCodes.QueryCanceled ? blockers : []) Add(text, "BLOCKED BY", blocker.ToString());
        return text.Append('\n').Append(remains).ToString();
    }

    private static void Add(StringBuilder text, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value)) text.Append('\n').Append(label).Append(": ").Append(value);
    }

    private static string Advise(StatementFailedException failure, PlannedScript script)
    {
        var way = UndeclaredVariable(failure) is { } name
            ? $"Nobody declared the variable '{name}': pass it with -Variable @{{ {name} = 'value' }}, or declare it under \"variables\" in migrations.json."
            : IsCancelThere(failure.Failure) ? "Find out who stopped it, and why."
            : SqlStateFacts.AdviceFor(failure.Failure.SqlState);
        return $"{way} Then run again: {(script.Direction == History.Direction.Up ? "Invoke-Migration" : "Undo-Migration")} goes on with {script.Name}.";
    }

    /// <summary>As in psql, a <c>:name</c> that nobody declared reaches the server, which stops at its colon.</summary>
    private static string? UndeclaredVariable(StatementFailedException failure) =>
        failure.Failure is { SqlState: PostgresErrorCodes.SyntaxError, Position: > 0 and var position }
        && failure.Command is { } sent && position <= sent.Length
        && Variable().Match(sent, position - 1) is { Success: true } variable
            ? variable.Groups[1].Value
            : null;

    [GeneratedRegex(@"\G:['""]?([A-Za-z_]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
