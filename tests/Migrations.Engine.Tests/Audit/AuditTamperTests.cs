using Migrations.Engine.Audit;
using Migrations.Engine.Tests.Migrate;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Audit;

/// <summary>Everything that somebody can do to the record, and what is said of it.</summary>
public sealed class AuditTamperTests(Servers servers)
{
    [Theory]
    [InlineData("update migrations.events set act = 'ScriptFailed' where seq = 4", AuditState.Modified, 4)]
    [InlineData("update migrations.events set payload = replace(payload, 'ScriptSucceeded', 'ScriptFailed') where seq = 4", AuditState.Modified, 4)]
    [InlineData("update migrations.events set payload = payload || ' ' where seq = 6", AuditState.Modified, 6)]
    [InlineData("update migrations.events set detail = '{\"a\": 1}' where seq = 4", AuditState.Modified, 4)]
    [InlineData("update migrations.events set at = at - interval '1 day' where seq = 2", AuditState.Modified, 2)]
    [InlineData("update migrations.events set run_id = gen_random_uuid() where seq = 7", AuditState.Modified, 7)]
    [InlineData("update migrations.events set hash = sha256('x') where seq = 3", AuditState.Modified, 3)]
    [InlineData("delete from migrations.events where seq = 3", AuditState.Missing, 3)]
    [InlineData("delete from migrations.events where seq between 3 and 5", AuditState.Missing, 3)]
    [InlineData("delete from migrations.events where seq = 7", AuditState.Missing, 6)]
    [InlineData("update migrations.events set seq = null where seq = 4", AuditState.Modified, 4)]
    [InlineData("drop index migrations.events_prev_hash; insert into migrations.events (at, act, run_id, attempt_id, detail, seq, prev_hash, hash, payload) select at, act, run_id, attempt_id, detail, seq, prev_hash, hash, payload from migrations.events where seq = 5", AuditState.Forked, 5)]
    [InlineData("insert into migrations.events (act) values ('ScriptSucceeded')", AuditState.Modified, null)]
    [InlineData("update migrations.scripts set exact_hash = repeat('0', 64) where name = '001_artist'", AuditState.Modified, 3)]
    [InlineData("update migrations.scripts set version = '009' where name = '002_song'", AuditState.Modified, 5)]
    [InlineData("delete from migrations.scripts where name = '002_song'", AuditState.Missing, 5)]
    [InlineData("insert into migrations.scripts select gen_random_uuid(), run_id, kind, '777', name, title, direction, path, author, ticket, exact_hash, token_hash, hash_version, up_text, down_text, irreversible, out_of_order, atomic, started_at from migrations.scripts where name = '002_song'", AuditState.Missing, null)]
    [InlineData("update migrations.script_texts set script_text = 'select 1' where text_hash = (select up_text from migrations.scripts where name = '002_song')", AuditState.Modified, 5)]
    [InlineData("delete from migrations.script_texts where text_hash = (select up_text from migrations.scripts where name = '002_song')", AuditState.Missing, 5)]
    [InlineData("update migrations.runs set os_user = 'somebody else' where kind = 'migrate'", AuditState.Modified, 2)]
    [InlineData("update migrations.runs set salt = null where kind = 'migrate'", AuditState.Modified, 2)]
    [InlineData("delete from migrations.runs where kind = 'migrate'", AuditState.Missing, 2)]
    [InlineData("update migrations.audit_head set seq = 9", AuditState.Missing, 7)]
    [InlineData("update migrations.audit_head set hash = sha256('x')", AuditState.Modified, 7)]
    public async Task Whatever_the_owner_changes_is_found_where_it_was_done(string sql, AuditState state, int? seq)
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        Assert.Equal(AuditState.Intact, (await bench.VerifyAsync(anchored: true)).State);

        await bench.ForceAsync(sql);

        var report = await bench.VerifyAsync(anchored: true);
        Assert.Equal((state, (long?)seq), (report.State, report.FirstBad));
    }

    [Theory]
    [InlineData("update migrations.events set act = 'x'")]
    [InlineData("delete from migrations.events")]
    [InlineData("truncate migrations.events cascade")]
    [InlineData("delete from migrations.runs")]
    [InlineData("update migrations.script_texts set script_text = ''")]
    [InlineData("delete from migrations.audit_head")]
    [InlineData("truncate migrations.audit_head")]
    public async Task Nobody_changes_a_row_by_mistake_nor_as_a_replica(string sql)
    {
        using var bench = await AuditBench.CreateAsync(servers, 15);
        foreach (var role in (string[])["origin", "replica"])
            Assert.Equal("55000", (await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync($"set session_replication_role = {role}; {sql}"))).SqlState);
        Assert.Equal(AuditState.Intact, (await bench.VerifyAsync(anchored: true)).State);
    }

    [Theory]
    [InlineData("update migrations.events set act = 'x'")]
    [InlineData("delete from migrations.events")]
    [InlineData("update migrations.audit_head set seq = 0")]
    [InlineData("alter table migrations.events disable trigger all")]
    [InlineData("select migrations.redact_actor(gen_random_uuid(), null, 'x')")]
    [InlineData("select migrations.redact_text(null, '', '', 'x')")]
    public async Task A_role_that_only_writes_the_record_can_not_change_it(string sql)
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        var role = "writer" + Guid.NewGuid().ToString("N")[..8];
        await bench.ExecuteAsync($"create role {role}; grant usage on schema migrations to {role}; grant select, insert on all tables in schema migrations to {role}; revoke insert on migrations.audit_head from {role}; grant execute on function migrations.start_script(text[]) to {role}");
        try
        {
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync($"set role {role}; {sql}"))).SqlState);
            await bench.ExecuteAsync($"set role {role}; insert into migrations.events (act, seq, hash) values ('Forged', 99, sha256('x'))");
            Assert.Equal(8L, await bench.ScalarAsync<long>("select seq from migrations.events where act = 'Forged'"));
            Assert.Equal(AuditState.Intact, (await bench.VerifyAsync(anchored: true)).State);
        }
        finally
        {
            await bench.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_with_its_head_is_known_by_an_anchor_only()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        await bench.ForceAsync("delete from migrations.events where seq > 4; delete from migrations.scripts where name = '002_song'");
        await bench.RewriteAsync();

        Assert.Equal(AuditState.Incomplete, (await bench.VerifyAsync()).State);
        var report = await bench.VerifyAsync(anchored: true);
        Assert.Equal((AuditState.Truncated, 4L), (report.State, report.FirstBad));
        Assert.Contains(report.Findings, finding => finding.Message.Contains("the last 3 are gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chain_that_was_written_anew_is_known_by_an_anchor_only()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        await bench.ForceAsync("update migrations.events set payload = replace(payload, '\"backend\":', '\"backend\": '), detail = detail where seq = 2");
        await bench.RewriteAsync();

        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
        Assert.Equal((AuditState.Modified, 7L), (await bench.VerifyAsync(anchored: true) is var report ? report.State : default, report.FirstBad));
    }

    [Fact]
    public async Task A_schema_that_was_dropped_and_made_again_is_not_the_one_of_the_anchor()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        await bench.ExecuteAsync("drop schema migrations cascade; drop table artist, song");
        await bench.Bench.UpAsync();

        Assert.Equal(AuditState.Unanchored, (await bench.VerifyAsync()).State);
        Assert.Equal(AuditState.Truncated, (await bench.VerifyAsync(anchored: true)).State);
    }

    [Fact]
    public async Task A_copy_of_before_in_another_database_is_a_roll_back()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        var name = new NpgsqlConnectionStringBuilder(bench.Bench.ConnectionString).Database!;
        using var copy = Workbench.At((await servers.DatabaseAsync(18, name)).ConnectionString);
        bench.With("003_more.sql", "create table more (id int);");
        await bench.UpAsync();

        Assert.Equal(AuditState.Intact, (await bench.VerifyAsync(anchored: true)).State);
        Assert.Equal(AuditState.RolledBack, (await AuditBench.VerifyAsync(copy, anchors: AnchorFile.Read(bench.AnchorPath))).State);
    }

    /// <summary>The chain cannot know it; what a database is and what its scripts build is another question, which Compare-DbSchema answers.</summary>
    [Fact]
    public async Task What_another_tool_did_past_the_record_is_no_entry()
    {
        using var bench = await AuditBench.CreateAsync(servers, 18);
        await bench.ExecuteAsync("create table past_the_record (id int)");
        Assert.Equal(AuditState.Intact, (await bench.VerifyAsync(anchored: true)).State);
    }
}
