using System.Security.Cryptography;
using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.History;

/// <summary>
/// sqitch's registry. It keeps the SHA-1 of each deploy script, so a file of ours with the same bytes is that change whatever it is called now.
/// </summary>
internal sealed class SqitchImporter : IHistoryImporter
{
    public HistoryTool Tool => HistoryTool.Sqitch;

    public IReadOnlyList<string> UsualNames => ["changes"];

    public IReadOnlyList<string> NeededColumns => ["change_id", "change", "project", "committed_at", "committer_name", "committer_email", "planner_name"];

    public async Task<IReadOnlyList<ForeignEntry>> ReadAsync(Session session, ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select c.change_id::text as "Id", c.change::text as "Change", c.project::text as "Project", c.committed_at as "At",
                   c.committer_name::text as "Name", c.committer_email::text as "Email", {(table.Has("script_hash") ? "c.script_hash::text" : "null::text")} as "Hash",
                   array(select d.dependency::text from {table.Sibling("dependencies")} d where d.change_id = c.change_id and d.type::text = 'require' order by 1) as "Requires"
            from {table.Quoted} c order by c.committed_at, c.change_id
            """, cancellationToken: cancellationToken));
        return [.. rows.Select(Entry)];
    }

    private static ForeignEntry Entry(Row row) => new()
    {
        Id = $"{row.Project}:{row.Change} {row.Id}",
        Names = [row.Change[(row.Change.LastIndexOf('/') + 1)..]],
        Title = row.Change,
        File = $"deploy/{row.Change}.sql",
        At = row.At,
        Author = row.Email is { Length: > 0 } ? $"{row.Name} <{row.Email}>" : row.Name,
        Requires = row.Requires,
        IsFoundByContent = row.Hash is not null,
#pragma warning disable CA5350 // sqitch chose SHA-1; it tells files apart here and secures nothing.
        IsSame = row.Hash is { } hash ? file => Convert.ToHexStringLower(SHA1.HashData(file)) == hash : null,
#pragma warning restore CA5350
    };

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Change { get; init; }

        public required string Project { get; init; }

        public DateTime? At { get; init; }

        public required string Name { get; init; }

        public string? Email { get; init; }

        public string? Hash { get; init; }

        public required string[] Requires { get; init; }
    }
}
