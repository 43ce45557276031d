using System.Text;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>
/// COPY takes no parameters. Each value goes to the server as a real one first, and comes back as a literal with its type, quoted by the
/// server itself; the lexer then puts it where the query, and not a string or a comment in it, says $n.
/// </summary>
internal static class QueryParameters
{
    /// <exception cref="EngineException">ExportParameterInvalid; ServerError.</exception>
    public static async Task<string> BindAsync(Session session, string query, IReadOnlyList<object?> values, CancellationToken cancellationToken)
    {
        var literals = new string[values.Count];
        for (var i = 0; i < literals.Length; i++) literals[i] = await LiteralAsync(session, i + 1, values[i], cancellationToken);

        var bound = new StringBuilder();
        var used = new HashSet<int>();
        foreach (var token in new SqlLexer(query, session.Server.StandardConformingStrings).Tokens)
        {
            var text = query.AsSpan(token.Start, token.Length);
            if (token.Kind != TokenKind.Parameter)
            {
                bound.Append(text);
                continue;
            }

            if (!int.TryParse(text[1..], out var number) || number < 1 || number > literals.Length)
                throw Invalid($"The query asks for {text}, and {literals.Length} {(literals.Length == 1 ? "value was" : "values were")} given.");
            used.Add(number);
            bound.Append(literals[number - 1]);
        }

        for (var number = 1; number <= literals.Length; number++)
            if (!used.Contains(number)) throw Invalid($"The query has no ${number}, and a value for it was given.");
        return bound.ToString();
    }

    private static async Task<string> LiteralAsync(Session session, int number, object? value, CancellationToken cancellationToken)
    {
        if (value is null or DBNull) return "(null)";
        await using var batch = new NpgsqlBatch(session.Connection);
        var quote = new NpgsqlBatchCommand("select pg_catalog.format('(%L::%s)', $1, pg_catalog.format_type(pg_catalog.pg_typeof($1)::pg_catalog.oid, null))");
        quote.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(quote);
        try
        {
            return await ServerCall.RunAsync(async () => (string)(await batch.ExecuteScalarAsync(cancellationToken))!, session.Secrets);
        }
        catch (Exception unknown) when (unknown is InvalidCastException or ArgumentException or NotSupportedException)
        {
            throw Invalid($"The value for ${number}, a {value.GetType().Name}, has no type in PostgreSQL: {unknown.Message}");
        }
    }

    private static EngineException Invalid(string message) => new("ExportParameterInvalid", FailureKind.InvalidInput, $"{message} Nothing was written.",
        "Give one value for each $1, $2, ... of the query, in single quotes so that the shell leaves them alone.");
}
