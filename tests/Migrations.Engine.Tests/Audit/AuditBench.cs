using Migrations.Engine.Audit;
using Migrations.Engine.Connection;
using Migrations.Engine.History;
using Migrations.Engine.Migrate;
using Migrations.Engine.Tests.Migrate;
using Npgsql;

namespace Migrations.Engine.Tests.Audit;

/// <summary>A database with two scripts on record, and a folder for what is kept outside of it.</summary>
internal sealed class AuditBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit-").FullName;

    private AuditBench(Workbench bench) => Bench = bench;

    public Workbench Bench { get; }

    public string AnchorPath => PathOf("anchors.jsonl");

    public static async Task<AuditBench> CreateAsync(Servers servers, int major)
    {
        var bench = new AuditBench((await Workbench.CreateAsync(servers, major))
            .With("001_artist.sql", "-- migration: Artists\n-- author: Ada\n\n-- migrate:up\ncreate table artist (id int);\n-- migrate:down\ndrop table artist;\n")
            .With("002_song.sql", "-- migrate:up\ncreate table song (id int);\n-- migrate:down\ndrop table song;\n"));
        await bench.UpAsync();
        return bench;
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public Workbench With(string name, string text) => Bench.With(name, text);

    public Task<List<MigrationResult>> UpAsync() => Bench.UpAsync(new MigrationRequest { AnchorPath = AnchorPath });

    public Task<List<MigrationResult>> DownAsync() => Bench.DownAsync();

    public Task ExecuteAsync(string sql) => Bench.ExecuteAsync(sql);

    public Task<T?> ScalarAsync<T>(string sql) => Bench.ScalarAsync<T>(sql);

    public Task WaitForAsync(string question) => Bench.WaitForAsync(question);

    public Task<NpgsqlConnection> SessionAsync() => Bench.SessionAsync();

    /// <summary>What who owns the tables can do: the guards off, the act, the guards on again.</summary>
    public Task ForceAsync(string sql) => ForceAsync(Bench, sql);

    public static Task ForceAsync(Workbench bench, string sql) => bench.ExecuteAsync($"""
        do $$ declare t text; begin
            for t in select c.oid::regclass from pg_class c where c.relnamespace = 'migrations'::regnamespace and c.relkind = 'r' loop execute format('alter table %s disable trigger all', t); end loop; end $$;
        {sql};
        do $$ declare t record; begin
            for t in select c.oid::regclass as tab from pg_class c where c.relnamespace = 'migrations'::regnamespace and c.relkind = 'r'
            loop execute format('alter table %s enable trigger all', t.tab); end loop;
            for t in select g.tgrelid::regclass as tab, g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = 'migrations'::regnamespace and not g.tgisinternal
            loop execute format('alter table %s enable always trigger %I', t.tab, t.tgname); end loop; end $$
        """);

    public Task<AuditReport> VerifyAsync(Guid? running = null, bool anchored = false) => VerifyAsync(Bench, running, anchored ? AnchorFile.Read(AnchorPath) : null);

    public static async Task<AuditReport> VerifyAsync(Workbench bench, Guid? running = null, AnchorSet? anchors = null)
    {
        await using var database = bench.Open();
        return await AuditVerifier.VerifyAsync(database, new HistorySchema(), anchors ?? AnchorSet.None, running, Workbench.Token);
    }

    public async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        await using var database = Bench.Open();
        await using var session = await database.OpenAsync(Workbench.Token);
        var entries = new List<AuditEntry>();
        await foreach (var entry in new AuditSource(new HistorySchema()).EntriesAsync(session, Workbench.Token)) entries.Add(entry);
        return entries;
    }

    /// <summary>Writes every hash of the chain anew, as one who owns the database and knows how could.</summary>
    public Task RewriteAsync() => ForceAsync("""
        do $$ declare e record; h record; begin
            select * into h from migrations.audit_head;
            h.hash := h.genesis;
            drop index migrations.events_prev_hash;
            for e in select * from migrations.events where seq is not null order by seq loop
                update migrations.events set prev_hash = h.hash, hash = sha256(convert_to(concat_ws(E'\n', 'migrations-audit-v1', h.chain_id, e.seq, encode(h.hash, 'hex'), octet_length(convert_to(e.payload, 'UTF8')), e.payload), 'UTF8'))
                where event_id = e.event_id returning hash into h.hash;
            end loop;
            update migrations.audit_head set hash = h.hash, seq = (select max(seq) from migrations.events);
            create unique index events_prev_hash on migrations.events (prev_hash);
        end $$
        """);

    public void Dispose()
    {
        Bench.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
