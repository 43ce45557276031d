using Migrations.Engine.Connection;
using Migrations.Engine.Rehearsal;
using Migrations.Engine.Tests.Migrate;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>A database with a schema, and a session of the engine's own with it.</summary>
internal sealed class RowBench : IAsyncDisposable
{
    public static readonly string[] OwnSchemas = ["migrations"];

    private RowBench(TestDatabase where, Database database, Session session)
    {
        Where = where;
        Database = database;
        Session = session;
    }

    public TestDatabase Where { get; }

    public Database Database { get; }

    public Session Session { get; }

    public static async Task<RowBench> CreateAsync(Servers servers, int major, string schema, string template = "template1")
    {
        var where = await servers.DatabaseAsync(major, template);
        if (schema.Length > 0) await Servers.ExecuteAsync(where, schema);
        var database = new Database(where.Options, new SilentActivity());
        return new RowBench(where, database, await database.OpenAsync(Workbench.Token));
    }

    public async Task<Dictionary<string, PlacedRows>> PlaceAsync(int wanted = RowPlacer.Wanted, RowRange range = RowRange.Bounds) =>
        (await new RowPlacer(range).PlaceAsync(Session, OwnSchemas, wanted, Workbench.Token)).ToDictionary(placed => placed.Table);

    public Task<RowImage> ImageAsync() => RowImage.ReadAsync(Session, OwnSchemas, Workbench.Token);

    public Task ExecuteAsync(string sql) => Servers.ExecuteAsync(Where, sql);

    public Task<T?> ScalarAsync<T>(string sql) => Servers.ScalarAsync<T>(Where, sql);

    /// <summary>Each foreign key asked for by a query of the test's own, since nothing checked them on the way in.</summary>
    public async Task<long> OrphansAsync() => await ScalarAsync<long>(
        """
        create or replace function pg_temp.orphans() returns bigint language plpgsql as $$
        declare k record; n bigint; total bigint := 0;
        begin
            for k in select c.conrelid::regclass as child, c.confrelid::regclass as parent,
                            (select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ')
                             from unnest(c.conkey, c.confkey) as u(x, y)
                             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = u.x
                             join pg_attribute b on b.attrelid = c.confrelid and b.attnum = u.y) as pairs,
                            (select string_agg(format('c.%I is not null', a.attname), case when c.confmatchtype = 'f' then ' or ' else ' and ' end)
                             from unnest(c.conkey) as u(x) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = u.x) as set
                     from pg_constraint c left join pg_constraint q on q.oid = c.conparentid
                     where c.contype = 'f' and (q.oid is null or q.conrelid <> c.conrelid)
            loop
                execute format('select count(*) from %s c where (%s) and not exists (select from %s p where %s)', k.child, k.set, k.parent, k.pairs) into n;
                total := total + n;
            end loop;
            return total;
        end $$;
        select pg_temp.orphans()
        """);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await Database.DisposeAsync();
    }
}
