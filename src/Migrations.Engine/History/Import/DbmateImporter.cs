using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>dbmate's schema_migrations: versions and nothing else. Rails keeps the same table, and it means the same there.</summary>
internal sealed class DbmateImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.Dbmate;

    public IReadOnlyList<string> UsualNames => ["schema_migrations"];

    public IReadOnlyList<string> NeededColumns => ["version"];

    public bool Recognizes(ForeignTable table) => table.Columns is ["version"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        // By number: as text 10 comes before 9.
        var versions = await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""select version::text from {table.Quoted} order by pg_catalog.length(version::text), version::text collate "C" """, cancellationToken: cancellationToken));
        return [.. versions.Select(version => new ForeignEntry { Id = version, Version = version })];
    }
}
