using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>The server refused a statement. Its fields are the server's own, with secrets taken out.</summary>
public class ServerException : EngineException
{
    protected ServerException(PostgresException error, SecretMask? mask, string errorId, string message, string advice, object? target)
        : base(errorId, SqlStateFacts.KindOf(error.SqlState), mask?.Apply(message) ?? message, advice, target, Masked(error, mask))
    {
        SqlState = error.SqlState;
        Severity = error.InvariantSeverity;
        MessageText = Clean(error.MessageText, mask)!;
        Detail = Clean(error.Detail, mask);
        Hint = Clean(error.Hint, mask);
        Where = Clean(error.Where, mask);
        Position = error.Position;
        InternalQuery = Clean(error.InternalQuery, mask);
        InternalPosition = error.InternalPosition;
        SchemaName = Clean(error.SchemaName, mask);
        TableName = Clean(error.TableName, mask);
        ColumnName = Clean(error.ColumnName, mask);
        DataTypeName = Clean(error.DataTypeName, mask);
        ConstraintName = Clean(error.ConstraintName, mask);
    }

    public override string SqlState { get; }

    /// <summary>ERROR, FATAL or PANIC, unlocalized.</summary>
    public string Severity { get; }

    /// <summary>The server's sentence alone.</summary>
    public string MessageText { get; }

    public string? Detail { get; }

    public string? Hint { get; }

    /// <summary>The server's CONTEXT: the stack of functions, or the line of a COPY.</summary>
    public string? Where { get; }

    /// <summary>1-based character position in the statement that was sent; 0 when the server named none.</summary>
    public int Position { get; }

    /// <summary>The statement inside a function that failed.</summary>
    public string? InternalQuery { get; }

    /// <summary>1-based character position in <see cref="InternalQuery"/>; 0 when the server named none.</summary>
    public int InternalPosition { get; }

    public string? SchemaName { get; }

    public string? TableName { get; }

    public string? ColumnName { get; }

    public string? DataTypeName { get; }

    public string? ConstraintName { get; }

    public bool IsRetryable => SqlStateFacts.IsRetryable(SqlState);

    /// <param name="advice">The way out where the caller knows a better one than the SQLSTATE tells.</param>
    public static ServerException From(PostgresException error, SecretMask? mask = null, string? advice = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new ServerException(error, mask, "ServerError", $"{error.SqlState}: {error.MessageText}", advice ?? SqlStateFacts.AdviceFor(error.SqlState), null);
    }

    private static string? Clean(string? text, SecretMask? mask) => mask is null ? text : mask.ApplyOrNull(text);

    /// <summary>The inner exception is printed by shells as a whole: it must be as clean as the outer one.</summary>
    private static PostgresException Masked(PostgresException error, SecretMask? mask)
    {
        if (mask is null || mask.IsEmpty) return error;
        return new PostgresException(
            Clean(error.MessageText, mask)!, error.Severity, error.InvariantSeverity, error.SqlState,
            Clean(error.Detail, mask), Clean(error.Hint, mask), error.Position, error.InternalPosition,
            Clean(error.InternalQuery, mask), Clean(error.Where, mask), Clean(error.SchemaName, mask), Clean(error.TableName, mask),
            Clean(error.ColumnName, mask), Clean(error.DataTypeName, mask), Clean(error.ConstraintName, mask),
            error.File, error.Line, error.Routine);
    }
}
