using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>golang-migrate's schema_migrations: one row with the version it stands at, and whether that one failed half way.</summary>
internal sealed class GolangMigrateImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.GolangMigrate;

    public IReadOnlyList<string> UsualNames => ["schema_migrations"];

    public IReadOnlyList<string> NeededColumns => ["version", "dirty"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""select version::text as "Version", dirty::boolean as "Dirty" from {table.Quoted} where version >= 0 order by version""", cancellationToken: cancellationToken));
        return
        [
            .. rows.Select(row => new ForeignEntry
            {
                Id = row.Version,
                Version = row.Version,
                CoversBelow = true,
                Fault = row.Dirty ? "it is dirty: it failed half way" : null,
            }),
        ];
    }

    private sealed record Row
    {
        public required string Version { get; init; }

        public required bool Dirty { get; init; }
    }
}
