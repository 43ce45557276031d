using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>DbUp's schemaversions. A script there is a file, or a resource of an assembly with its namespace in front (<c>App.Scripts.0001_users.sql</c>).</summary>
internal sealed class DbUpImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.DbUp;

    public IReadOnlyList<string> UsualNames => ["schemaversions"];

    public IReadOnlyList<string> NeededColumns => ["schemaversionsid", "scriptname", "applied"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""select scriptname::text as "Script", applied as "At" from {table.Quoted} order by schemaversionsid""", cancellationToken: cancellationToken));
        return [.. rows.DistinctBy(row => row.Script).Select(row => new ForeignEntry { Id = row.Script, Names = [.. Names(row.Script)], File = row.Script, At = row.At })];
    }

    /// <summary>The whole name first, then what is left when one word after the other is taken off its front.</summary>
    private static IEnumerable<string> Names(string script)
    {
        var name = script[(script.LastIndexOfAny(['/', '\\']) + 1)..];
        if (name.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)) name = name[..^4];
        while (true)
        {
            yield return name;
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0) yield break;
            name = name[(dot + 1)..];
        }
    }

    private sealed record Row
    {
        public required string Script { get; init; }

        public DateTime? At { get; init; }
    }
}
