using System.Data;
using Dapper;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>What another tool has on record in a database, read in one read-only transaction: nothing of that tool is changed.</summary>
internal sealed record ForeignHistory(HistoryTool Tool, ForeignTable Table, IReadOnlyList<ForeignEntry> Entries)
{
    private static readonly IHistoryImporter[] s_importers =
    [
        new FlywayImporter(), new LiquibaseImporter(), new AlembicImporter(), new DbmateImporter(), new GolangMigrateImporter(), new SqitchImporter(), new DbUpImporter(),
    ];

    /// <exception cref="EngineException">ForeignTableInvalid, ForeignHistoryNotFound, ForeignHistoryAmbiguous, ForeignHistoryUnknown, ForeignHistoryNotReadable.</exception>
    public static async Task<ForeignHistory> ReadAsync(Session session, ImportRequest request, CancellationToken cancellationToken)
    {
        var name = request.Table is null ? null : ForeignTableName.Parse(request.Table);
        // Bounded: a tool that is at work now may hold its table, and others would queue behind us.
        await ExecuteAsync(session, "begin isolation level repeatable read read only; set local lock_timeout = '5s'", cancellationToken);
        try
        {
            var candidates = await TablesAsync(session, name, cancellationToken);
            var (importer, table) = Choose(candidates, request, name);
            EnsureReadable(table, session.Server.Role);
            return new ForeignHistory(importer.Tool, table, await ReadAsync(importer, table, session, cancellationToken));
        }
        finally
        {
            if (!session.IsBroken) await ExecuteAsync(session, "rollback", CancellationToken.None);
        }
    }

    private static (IHistoryImporter Importer, ForeignTable Table) Choose(IReadOnlyList<ForeignTable> candidates, ImportRequest request, ForeignTableName? name)
    {
        var importers = request.From is { } wanted ? s_importers.Where(importer => importer.Tool == wanted) : s_importers;
        var found = (
            from importer in importers
            from table in candidates
            where (name is not null || importer.UsualNames.Contains(table.Name.ToLowerInvariant())) && importer.Recognizes(table)
            select (Importer: importer, Table: table)).ToList();
        // Anybody may call a table "changes": it is no sign of sqitch unless sqitch was asked for.
        var meant = candidates.Where(table => name is not null || importers.Any(importer =>
            importer.UsualNames.Contains(table.Name.ToLowerInvariant()) && (request.From is not null || importer.Tool != HistoryTool.Sqitch))).ToList();
        return found switch
        {
            [var only] => only,
            [] when meant.Count > 0 => throw Unknown(meant[0], request),
            [] => throw NotFound(request, candidates),
            _ => throw new EngineException("ForeignHistoryAmbiguous", FailureKind.Conflict,
                $"There is more than one history here: {string.Join(", ", found.Select(one => $"{one.Importer.Tool} in {one.Table}"))}. Nothing was changed.",
                "Choose one: -From names the tool, -Table its table. Each can be taken over in its turn.", found.Select(one => one.Table.ToString()).ToArray()),
        };
    }

    private static void EnsureReadable(ForeignTable table, string role)
    {
        if (!table.CanRead) throw NotReadable(table, role, "this role may not read it", null);
        if (!table.HidesRows) return;
        throw new EngineException("ForeignHistoryNotReadable", FailureKind.Permission,
            $"{table} has row security that applies to {role}: rows that it hides would look like scripts that never ran. Nothing was changed.",
            "Connect as the owner of the table, or as a role with BYPASSRLS.", table.ToString());
    }

    private static async Task<IReadOnlyList<ForeignEntry>> ReadAsync(IHistoryImporter importer, ForeignTable table, Session session, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerCall.RunAsync(() => importer.ReadAsync(session, table, cancellationToken), session.Secrets);
        }
        catch (ServerException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw NotReadable(table, session.Server.Role, failure.MessageText, failure);
        }
        catch (ServerException failure) when (failure.SqlState[..2] is "42" or "22")
        {
            throw new EngineException("ForeignHistoryUnknown", FailureKind.Conflict,
                $"{table} looks like {importer.Tool}'s history and cannot be read as one: {failure.MessageText}. Nothing was changed.",
                $"It may come from a version of {importer.Tool} that is not known here: Set-MigrationBaseline -Version takes the scripts over by hand.", table.ToString(), failure);
        }
        catch (DataException failure)
        {
            throw new EngineException("ForeignHistoryUnknown", FailureKind.Conflict,
                $"{table} looks like {importer.Tool}'s history and cannot be read as one: {failure.Message} Nothing was changed.",
                $"It may come from a version of {importer.Tool} that is not known here: Set-MigrationBaseline -Version takes the scripts over by hand.", table.ToString(), failure);
        }
    }

    private static EngineException NotReadable(ForeignTable table, string role, string why, Exception? inner) => new("ForeignHistoryNotReadable", FailureKind.Permission,
        $"The history in {table} cannot be read: {why}. Nothing was changed.",
        $"As its owner: grant usage on schema {Identifier.Quote(table.Schema)} to {Identifier.Quote(role)}; grant select on {table.Quoted} to {Identifier.Quote(role)}.",
        table.ToString(), inner);

    private static EngineException Unknown(ForeignTable table, ImportRequest request)
    {
        var whose = request.From is { } tool ? $"{tool}'s history" : "a history that is known here";
        return new EngineException("ForeignHistoryUnknown", FailureKind.Conflict,
            $"{table} does not have the shape of {whose}; its columns are {string.Join(", ", table.Columns)}. Nothing was changed.",
            "Check -From and -Table. Set-MigrationBaseline -Version takes the scripts over by hand.", table.ToString());
    }

    private static EngineException NotFound(ImportRequest request, IReadOnlyList<ForeignTable> others)
    {
        var what = request.Table is { } table ? $"There is no table {table} in this database." : $"No history of {request.From?.ToString() ?? "another tool"} was found in this database.";
        var known = others.Select(other => (Table: other, Importer: s_importers.FirstOrDefault(importer => importer.Recognizes(other)))).Where(other => other.Importer is not null)
            .Select(other => $"{other.Importer!.Tool} in {other.Table}").ToList();
        return new EngineException("ForeignHistoryNotFound", FailureKind.NotFound, what + (known.Count == 0 ? "" : $" What is there: {string.Join(", ", known)}."),
            "Name its table with -Table schema.name, or check the connection. Without any history, Set-MigrationBaseline -Version takes the scripts over by hand.",
            request.Table ?? request.From?.ToString());
    }

    private static async Task<IReadOnlyList<ForeignTable>> TablesAsync(Session session, ForeignTableName? name, CancellationToken cancellationToken)
    {
        const string tables = """
            select n.nspname::text as "Schema", c.relname::text as "Name",
                   array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as "Columns",
                   pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select') as "CanRead",
                   pg_catalog.row_security_active(c.oid) as "HidesRows"
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
              and case when @name::text is null then pg_catalog.lower(c.relname) = any (@usual)
                       else c.relname = @name and (@schema::text is null or n.nspname = @schema) end
            order by 1, 2
            """;
        var usual = s_importers.SelectMany(importer => importer.UsualNames).Distinct().ToArray();
        var found = await ServerCall.RunAsync(() => session.Connection.QueryAsync<ForeignTable>(new CommandDefinition(
            tables, new { name = name?.Name, schema = name?.Schema, usual }, cancellationToken: cancellationToken)), session.Secrets);
        // Several tools call a table by the same plain name, and so do applications: without -Table only a known shape counts, unless nothing else is there.
        var all = found.AsList();
        var known = all.FindAll(table => s_importers.Any(importer => importer.Recognizes(table)));
        return known.Count > 0 ? known : all;
    }

    private static Task<int> ExecuteAsync(Session session, string sql, CancellationToken cancellationToken) =>
        ServerCall.RunAsync(() => session.Connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken)), session.Secrets);
}
