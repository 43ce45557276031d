using Migrations.Engine.Rehearsal;
using Xunit;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>What linters of text cannot see: a schema change inside a DO block, and one inside a function that a script calls.</summary>
public sealed class HiddenStatementTests(Servers servers)
{
    private const string InBlock = """
        do $$
        begin
            execute format('alter table %I add column token uuid default gen_random_uuid()', 't');
            create index t_parent on t (parent_id);
        end $$;
        """;

    private const string InFunction = """
        create function add_tenant_columns(target regclass) returns void language plpgsql as $$
        begin
            execute format('alter table %s alter column c set not null', target);
            execute format('alter table %s alter column c type bigint', target);
        end $$;
        select add_tenant_columns('t');
        """;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_DO_block_is_seen_through(int major)
    {
        var database = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(database, LockFacts.Schema);

        Assert.Empty(LintBench.Static(InBlock));
        var findings = await LintBench.RehearsedAsync(database, InBlock);

        Assert.Equal(["PGM001", "PGM029"], findings.Select(f => f.Rule));
        Assert.All(findings, f => Assert.Equal((LintSource.Rehearsal, "public.t", 1), (f.Source, f.Relation, f.Statement)));
        Assert.Equal("create index concurrently t_parent on public.t USING btree (parent_id);", findings[1].Rewrite);
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task So_is_a_function_that_a_script_calls(int major)
    {
        var database = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(database, LockFacts.Schema);

        Assert.Empty(LintBench.Static(InFunction));
        var findings = await LintBench.RehearsedAsync(database, InFunction);

        Assert.Equal(["PGM009", "PGM010"], findings.Select(f => f.Rule));
        Assert.All(findings, f => Assert.Equal(2, f.Statement));
    }
}
