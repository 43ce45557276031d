using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>The value of a secret variable reaches the server and nothing else.</summary>
public sealed class SecretTests(Servers servers)
{
    private const string Canary = "c4nary-'p\"ss";

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task No_table_error_notice_or_trace_shows_it(int major)
    {
        using var bench = (await Workbench.CreateAsync(servers, major))
            .With("001_role.sql", "create table told as select :'secret'::text as value;\ndo $$ begin raise notice 'done'; end $$;\n\\set other 1\nselect set_config('my.secret', :'secret', false);")
            .With("002_bad.sql", "create table half (n int);\ncreate index concurrently on half (n);\nselect :'secret'::int;");
        bench.LoadOptions = new ProjectLoadOptions { Variables = ScriptVariables.None.With("secret", Canary, isSecret: true) };
        foreach (var variable in bench.LoadOptions.Variables.Secrets) bench.Mask.Add(variable);

        var failure = await Assert.ThrowsAsync<MigrationFailedException>(() => bench.UpAsync());

        Assert.Equal(Canary, await bench.ScalarAsync<string>("select value from told"));
        Assert.Equal("22P02", failure.SqlState);
        Assert.Contains("***", failure.Message, StringComparison.Ordinal);
        var told = string.Join('\n', [failure.ToString(), failure.Advice, $"{failure.Target}", .. bench.Activity.Statements, .. bench.Activity.Details, .. bench.Activity.Warnings,
            .. bench.Activity.Notices.Select(n => $"{n}{n.Detail}{n.Hint}")]);
        Assert.DoesNotContain("c4nary", told, StringComparison.Ordinal);
        foreach (var table in new[] { "runs", "scripts", "script_texts", "steps", "events" })
        {
            Assert.Equal(0L, await bench.ScalarAsync<long>($"select count(*) from migrations.{table} t where t::text like '%c4nary%'"));
        }

        var plan = await bench.PlanAsync();
        Assert.Equal("PlanHoldsSecret", (await Assert.ThrowsAsync<EngineException>(
            () => new PlanFile(plan, bench.Mask, TimeProvider.System).WriteAsync(TextWriter.Null, Workbench.Token))).ErrorId);
    }
}
