using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// Alembic's alembic_version: one row for each head, without time or author. A head stands for every revision that leads to it,
/// and those are Python files, so it matches no script of ours.
/// </summary>
internal sealed class AlembicImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.Alembic;

    public IReadOnlyList<string> UsualNames => ["alembic_version"];

    public IReadOnlyList<string> NeededColumns => ["version_num"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var heads = await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""select version_num::text from {table.Quoted} order by version_num""", cancellationToken: cancellationToken));
        return [.. heads.Select(head => new ForeignEntry { Id = head, Title = $"Alembic head {head} and all that leads to it" })];
    }
}
