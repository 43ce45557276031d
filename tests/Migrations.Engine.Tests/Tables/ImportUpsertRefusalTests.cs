using CsCheck;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>Rows of an upsert that the table itself refuses, when the staging table had taken them: set aside like all others, and every good row is merged.</summary>
public sealed class ImportUpsertRefusalTests(Servers servers)
{
    private const string Schema = """
        create table owner (id int primary key); insert into owner select generate_series(1, 20);
        create table t (id int primary key, mail text unique, owner int references owner, n int not null check (n >= 0), note text);
        insert into t values (1, 'one', 1, 1, 'old'), (9, 'nine', 9, 9, 'old')
        """;

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Rows_that_a_key_of_the_table_refuses_are_set_aside_with_their_own_lines_and_bytes(int major)
    {
        using var bench = await ImportBench.CreateAsync(servers, major, Schema);
        var file = bench.File("t.csv", string.Join("\r\n",
            "id,mail,owner,n,note",
            "1,uno,1,10,\"two", "lines\"", // merged, over the old row
            "2,two,2,x,type", // line 4: the type
            "3,nine,3,3,taken", // line 5: unique, by a row that is there
            "4,four,77,4,\"no", "such \"\"owner\"\"\"", // line 6: the foreign key
            "5,five,5,-5,check", // line 8
            "6,six,6,6,good",
            "7,six,7,7,twice", // line 10: unique, by a row of the file
            "8,eight,8,8,last"));

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { Mode = ImportMode.Upsert });

        Assert.Equal([(4L, "22P02"), (5, "23505"), (6, "23503"), (8, "23514"), (10, "23505")], lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal("t_owner_fkey", lines[2].Constraint);
        Assert.Equal((8L, 3L, 5L, 1L), (result.Rows, result.Loaded, result.Rejected, result.Updated!.Value));
        Assert.Equal("1:uno:10 6:six:6 8:eight:8 9:nine:9", await bench.ScalarAsync<string>("select string_agg(id || ':' || mail || ':' || n, ' ' order by id) from t"));
        var aside = await File.ReadAllTextAsync(result.Files[0].RejectedPath!, ImportBench.Token);
        Assert.Contains("4,four,77,4,\"no\r\nsuch \"\"owner\"\"\"\r\n", aside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_set_aside_is_merged_when_the_reason_is_gone()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Schema);
        var (result, _) = await bench.RejectedAsync("t", bench.File("t.csv", "id,mail,owner,n,note\n2,b,77,1,x\n3,c,3,1,y\n4,d,88,1,z\n"), request => request with { Mode = ImportMode.Upsert });
        await bench.ExecuteAsync("insert into owner values (77), (88)");

        var again = await bench.QuarantineAsync("t", result.Files[0].RejectedPath!, request => request with { Mode = ImportMode.Upsert });

        Assert.Equal((2L, 0L), (again.Loaded, again.Rejected));
        Assert.Equal(5L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_trigger_may_refuse_a_row_and_the_last_row_of_a_key_counts_before_it_does()
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, Schema + """
            ; create function no_thirteen() returns trigger language plpgsql as $$ begin if new.n = 13 then raise exception 'unlucky' using errcode = 'MY001'; end if; return new; end $$;
            create trigger no_thirteen before insert or update on t for each row execute function no_thirteen()
            """);
        var file = bench.File("t.csv", "id,mail,owner,n\n2,b,2,1\n3,c,3,13\n2,b,2,13\n4,d,4,5\n9,x,9,8\n9,z,9,10\n");

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { Mode = ImportMode.Upsert, DuplicateKey = DuplicateKey.Last });

        Assert.Equal([(3L, "MY001"), (4, "MY001")], lines.Select(line => (line.Line, line.SqlState)));
        Assert.Equal((6L, 2L, 2L, 2L), (result.Rows, result.Loaded, result.Rejected, result.Superseded));
        Assert.Equal("1:1 4:5 9:10", await bench.ScalarAsync<string>("select string_agg(id || ':' || n, ' ' order by id) from t"));
    }

    [Fact]
    public async Task Too_many_of_them_end_the_import_with_nothing_merged()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Schema);
        var file = bench.File("t.csv", "id,mail,owner,n\n" + string.Concat(Enumerable.Range(100, 50).Select(id => $"{id},m{id},{id},1\n")));

        var failure = await Assert.ThrowsAsync<EngineException>(() => bench.QuarantineAsync("t", file, request => request with { Mode = ImportMode.Upsert, MaxErrors = new RejectLimit(10, null) }));

        Assert.Equal("TooManyRejected", failure.ErrorId);
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    [Fact]
    public async Task A_file_that_changed_since_its_rows_were_staged_is_not_searched_for_them()
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Schema);
        var text = "id,mail,owner,n\n2,b,77,1\n3,c,3,1\n";
        var file = bench.File("t.csv", text);
        await using var holder = new Npgsql.NpgsqlConnection(bench.Target);
        await holder.OpenAsync(ImportBench.Token);
        await using var held = await holder.BeginTransactionAsync(ImportBench.Token);
        await using (var lockTable = new Npgsql.NpgsqlCommand("lock table owner in access exclusive mode", holder)) await lockTable.ExecuteNonQueryAsync(ImportBench.Token);

        var import = bench.QuarantineAsync("t", file, request => request with { Mode = ImportMode.Upsert });
        // The merge waits to ask whether there is such an owner: all rows are staged.
        await bench.WaitForAsync("select exists (select from pg_locks where relation = 'owner'::regclass and not granted)");
        await File.WriteAllTextAsync(file, text.Replace("77", "78", StringComparison.Ordinal), ImportBench.Token);
        await held.RollbackAsync(ImportBench.Token);

        var failure = await Assert.ThrowsAsync<EngineException>(() => import);
        Assert.Equal("ImportFileChanged", failure.ErrorId);
        Assert.Equal(2L, await bench.ScalarAsync<long>("select count(*) from t"));
    }

    /// <summary>Random rows against the obvious way: one INSERT for each row, in the order of the file.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_row_ends_where_it_would_if_it_were_upserted_alone(bool batches)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, Schema + "; create table wanted (like t including all); alter table wanted add foreign key (owner) references owner; insert into wanted table t");
        var rows = Gen.Select(Gen.Int[1, 400], Gen.Int[1, 500], Gen.Int[1, 24], Gen.Int[-1, 9], (id, mail, owner, n) => (Id: id, Mail: mail, Owner: owner, N: n)).Array[300].Single(_ => true, "0000KhS1UH03").DistinctBy(row => row.Id).ToList();
        var file = bench.File("t.csv", "id,mail,owner,n,note\n" + string.Concat(rows.Select(row => $"{row.Id},m{row.Mail},{row.Owner},{row.N},\"{new string('\n', row.Id % 3)}\"\n")));
        await bench.ExecuteAsync("do $$ begin " + string.Concat(rows.Select(row => $"begin insert into wanted values ({row.Id}, 'm{row.Mail}', {row.Owner}, {row.N}, repeat(E'\\n', {row.Id % 3})) on conflict (id) do update set mail = excluded.mail, owner = excluded.owner, n = excluded.n, note = excluded.note; exception when integrity_constraint_violation then null; end; ")) + "end $$");

        var (result, lines) = await bench.RejectedAsync("t", file, request => request with { Mode = ImportMode.Upsert, ChunkSize = 512, Batches = batches, BatchSize = 2048, DuplicateKey = batches ? DuplicateKey.Last : DuplicateKey.Error });

        Assert.Equal(await bench.RowsAsync("wanted"), await bench.RowsAsync("t"));
        Assert.Equal(rows.Count, result.Loaded + result.Rejected);
        Assert.InRange(lines.Count(line => line.SqlState == "23503"), 5, rows.Count);
        Assert.InRange(lines.Count(line => line.SqlState == "23505"), 5, rows.Count);
    }

    [Fact]
    public async Task Thousands_of_refused_rows_leave_the_server_no_lock_each()
    {
        using var bench = await ImportBench.CreateAsync(servers, 15, """
            create table owner (id int primary key); insert into owner values (1);
            create table depth (n bigint);
            create table t (id int primary key, owner int references owner);
            create function look() returns trigger language plpgsql as $$ begin
                insert into depth select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'transactionid'; return new; end $$;
            create trigger look before insert on t for each row when (new.id % 100 = 0) execute function look()
            """);
        var file = bench.File("t.csv", "id,owner\n" + string.Concat(Enumerable.Range(1, 4000).Select(id => $"{id},{(id % 2 == 0 ? 1 : 2)}\n")));

        var result = await bench.QuarantineAsync("t", file, request => request with { Mode = ImportMode.Upsert });

        Assert.Equal((2000L, 2000L), (result.Loaded, result.Rejected));
        Assert.InRange(await bench.ScalarAsync<long>("select max(n) from depth"), 1, 8);
    }

    [Theory]
    [InlineData(false, "insert")]
    [InlineData(true, "insert")]
    [InlineData(true, "update")]
    public async Task What_refuses_every_statement_sets_no_row_aside_and_ends_the_import(bool isUpsert, string act)
    {
        using var bench = await ImportBench.CreateAsync(servers, 18, $"""
            create table t (id int primary key, note text); insert into t values (1, 'old');
            create function closed() returns trigger language plpgsql as $$ begin raise exception 'closed for maintenance'; end $$;
            create trigger closed before {act} on t for each statement execute function closed()
            """);
        var file = bench.File("t.csv", "id,note\n1,new\n2,new\n");

        var refusal = await Assert.ThrowsAnyAsync<EngineException>(() => bench.QuarantineAsync("t", file, request => request with { Mode = isUpsert ? ImportMode.Upsert : ImportMode.Append }));

        Assert.Contains("closed for maintenance", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("statement trigger", refusal.Advice, StringComparison.Ordinal);
        Assert.Equal("1 old", await bench.ScalarAsync<string>("select string_agg(id || ' ' || note, ',') from t"));
    }

    [Fact]
    public void Offsets_come_back_as_they_were_added() =>
        Gen.Int[1, 5_000_000].Array[0, 500].Sample(steps =>
        {
            var offsets = new GrowingOffsets();
            var added = new List<int>();
            foreach (var step in steps.Select(step => step % (added.Count % 3 == 0 ? 5_000_000 : 200) + 1))
            {
                if ((added.Count == 0 ? 0 : added[^1]) > int.MaxValue - step) break;
                added.Add((added.Count == 0 ? -1 : added[^1]) + step);
                offsets.Add(added[^1]);
            }

            Assert.Equal(added.Count, offsets.Count);
            Assert.True(offsets.ToHashSet().SetEquals(added));
        }, iter: 200);
}
