using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>Flyway's flyway_schema_history, and schema_version of its older releases.</summary>
internal sealed class FlywayImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.Flyway;

    public IReadOnlyList<string> UsualNames => ["flyway_schema_history", "schema_version"];

    public IReadOnlyList<string> NeededColumns => ["installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "installed_on", "success"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select version::text as "Version", description::text as "Description", upper(type::text) as "Type", script::text as "Script", checksum::integer as "Checksum",
                   installed_by::text as "By", installed_on as "At", success::boolean as "Success"
            from {table.Quoted} order by installed_rank
            """, cancellationToken: cancellationToken));

        // Later rows speak of earlier ones: undone, deleted, a repeatable that ran again.
        var entries = new Dictionary<string, ForeignEntry>();
        foreach (var row in rows)
        {
            var id = row.Version ?? row.Script;
            if (row.Type == "SCHEMA") continue;
            if (row.Success && (row.Type == "DELETE" || row.Type.StartsWith("UNDO", StringComparison.Ordinal)))
            {
                entries.Remove(id);
                continue;
            }

            // A failed row stands for itself: what was applied under the same version before is not unmade by it.
            var key = row.Success ? id : $"{id} (failed)";
            entries.Remove($"{id} (failed)");
            entries.Remove(key);
            entries[key] = Entry(id, row);
        }

        return [.. entries.Values];
    }

    private static ForeignEntry Entry(string id, Row row) => new()
    {
        Id = id,
        Version = row.Version,
        Names = [Path.GetFileNameWithoutExtension(row.Script)],
        Title = row.Description,
        File = row.Script,
        At = row.At,
        Author = row.By,
        CoversBelow = row.Type.EndsWith("BASELINE", StringComparison.Ordinal),
        IsRepeatable = row.Version is null,
        IsSame = row.Checksum is { } checksum && row.Type == "SQL" ? file => FlywayChecksum.Of(file) == checksum : null,
        Fault = row.Success ? null : "it failed there",
    };

    private sealed record Row
    {
        public string? Version { get; init; }

        public required string Description { get; init; }

        public required string Type { get; init; }

        public required string Script { get; init; }

        public int? Checksum { get; init; }

        public string? By { get; init; }

        public DateTime? At { get; init; }

        public required bool Success { get; init; }
    }
}
