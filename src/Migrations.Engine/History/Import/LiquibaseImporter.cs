using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// Liquibase's databasechangelog. Its checksum is of the change as Liquibase understood it, not of a file, so it is not compared.
/// </summary>
internal sealed class LiquibaseImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.Liquibase;

    public IReadOnlyList<string> UsualNames => ["databasechangelog"];

    public IReadOnlyList<string> NeededColumns => ["id", "author", "filename", "dateexecuted", "orderexecuted", "exectype"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select id::text as "Id", author::text as "Author", filename::text as "File", dateexecuted as "At", upper(exectype::text) as "Type"
            from {table.Quoted} order by dateexecuted, orderexecuted
            """, cancellationToken: cancellationToken));
        return [.. rows.Where(row => row.Type != "SKIPPED").Select(Entry)];
    }

    private static ForeignEntry Entry(Row row) => new()
    {
        Id = $"{row.File}::{row.Id}::{row.Author}",
        Names = row.File.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) ? [Path.GetFileNameWithoutExtension(row.File.Replace('\\', '/'))] : [],
        Title = row.Id,
        File = row.File.Replace('\\', '/'),
        At = row.At,
        Author = row.Author,
        IsPartOfFile = true,
        Fault = row.Type == "FAILED" ? "it failed there" : null,
    };

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Author { get; init; }

        public required string File { get; init; }

        public DateTime? At { get; init; }

        public required string Type { get; init; }
    }
}
