using Migrations.Engine.Migrate;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A database that has run three scripts, and the squash of them. With the real pg_dump and real sandboxes: a test skips where no pg_dump is.</summary>
internal static class SquashBench
{
    public const string Artist = "-- migrate:up\ncreate table artist (id bigint generated always as identity primary key, name text not null);\ncreate index artist_name on artist (name);\n-- migrate:down\ndrop table artist;\n";
    public const string Seed = "insert into artist (name) values ('Nina'), (E'two\\nlines; ALTER TABLE x OWNER TO postgres;');\n";
    public const string Reader = """
        do $$ begin create role squash_reader nologin; exception when duplicate_object or unique_violation then null; end $$;
        grant select on artist to squash_reader;
        alter default privileges in schema public grant select on tables to squash_reader;
        create function loud(artist) returns text language sql stable begin atomic select upper($1.name); end;
        create index concurrently artist_loud on artist (lower(name));
        """;

    public static async Task<Workbench> RunAsync(Servers servers, params (string File, string Text)[] more)
    {
        var bench = (await CreateAsync(servers)).With("001_artist.sql", Artist).With("002_seed.sql", Seed).With("003_reader.sql", Reader);
        foreach (var (file, text) in more) bench.With(file, text);
        await bench.UpAsync();
        return bench;
    }

    public static async Task<Workbench> CreateAsync(Servers servers)
    {
        if (!File.Exists("/usr/lib/postgresql/15/bin/pg_dump")) Assert.Skip("No pg_dump 15 is installed here.");
        return await Workbench.CreateAsync(servers, 15);
    }

    public static async Task<SquashPlan> PlanAsync(Workbench bench, string upTo, string title = "Checkpoint")
    {
        await using var database = bench.Open();
        return await new SquashPlanner(database, bench.Project.Load(bench.LoadOptions), bench.Activity, TimeProvider.System).PlanAsync(new(), upTo, title, Workbench.Token);
    }

    public static string[] Files(Workbench bench, string folder) =>
        [.. Directory.GetFiles(Path.Combine(bench.Project.Root, folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
