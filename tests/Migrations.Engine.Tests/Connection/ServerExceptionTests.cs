using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class ServerExceptionTests(Servers servers)
{
    [Theory]
    [InlineData("28P01", FailureKind.Authentication)]
    [InlineData("28000", FailureKind.Authentication)]
    [InlineData("42501", FailureKind.Permission)]
    [InlineData("40001", FailureKind.Busy)]
    [InlineData("40P01", FailureKind.Busy)]
    [InlineData("55P03", FailureKind.Busy)]
    [InlineData("55006", FailureKind.Busy)]
    [InlineData("57014", FailureKind.Stopped)]
    [InlineData("57P01", FailureKind.Connection)]
    [InlineData("57P03", FailureKind.Connection)]
    [InlineData("08006", FailureKind.Connection)]
    [InlineData("23505", FailureKind.Data)]
    [InlineData("22001", FailureKind.Data)]
    [InlineData("53300", FailureKind.Resource)]
    [InlineData("54000", FailureKind.Resource)]
    [InlineData("58030", FailureKind.Resource)]
    [InlineData("42601", FailureKind.Syntax)]
    [InlineData("42804", FailureKind.Syntax)]
    [InlineData("42P01", FailureKind.NotFound)]
    [InlineData("3D000", FailureKind.NotFound)]
    [InlineData("42P07", FailureKind.Conflict)]
    [InlineData("42710", FailureKind.Conflict)]
    [InlineData("25006", FailureKind.Refused)]
    [InlineData("25001", FailureKind.Refused)]
    [InlineData("0A000", FailureKind.Refused)]
    [InlineData("25P03", FailureKind.Timeout)]
    [InlineData("P0001", FailureKind.Server)]
    [InlineData("XX000", FailureKind.Server)]
    [InlineData("ZZ123", FailureKind.Server)]
    [InlineData("", FailureKind.Server)]
    public void Each_state_has_its_kind_and_an_advice(string sqlState, FailureKind kind)
    {
        Assert.Equal(kind, SqlStateFacts.KindOf(sqlState));
        Assert.NotEmpty(SqlStateFacts.AdviceFor(sqlState));
    }

    [Fact]
    public void What_another_session_caused_can_be_tried_again()
    {
        Assert.Equal(["40001", "40P01", "55P03"], new[] { "40001", "40P01", "55P03", "57014", "23505", "57P01", "55006" }.Where(SqlStateFacts.IsRetryable));
        Assert.Equal(["08006", "57P01", "57P03", "25P03"], new[] { "08006", "57P01", "57P03", "25P03", "57014", "55P03", "25P02" }.Where(SqlStateFacts.IsConnectionLost));
    }

    [Fact]
    public async Task Every_field_of_the_server_is_there()
    {
        ConnectionOptions options = await servers.DatabaseAsync(18);
        var error = await RefusalAsync(options,
            "create table shop (id int constraint shop_pk primary key, name text not null)",
            "insert into shop values (1, 'a'), (1, 'b')");
        var failure = ServerException.From(error);

        Assert.Equal(("ServerError", "23505", FailureKind.Data, "ERROR"), (failure.ErrorId, failure.SqlState, failure.Kind, failure.Severity));
        Assert.Equal(("public", "shop", "shop_pk"), (failure.SchemaName, failure.TableName, failure.ConstraintName));
        Assert.Equal("Key (id)=(1) already exists.", failure.Detail);
        Assert.Equal($"23505: {failure.MessageText}", failure.Message);
        Assert.False(failure.IsRetryable);

        var nested = ServerException.From(await RefusalAsync(options,
            "create function f() returns void language plpgsql as $$ begin execute 'selec 1'; end $$", "select f()"));
        Assert.Equal(("42601", "selec 1", 1), (nested.SqlState, nested.InternalQuery, nested.InternalPosition));
        Assert.Contains("PL/pgSQL function f()", nested.Where, StringComparison.Ordinal);

        var hinted = ServerException.From(await RefusalAsync(options, "select idd from (select 1 as id) t"));
        Assert.Equal(("42703", 8), (hinted.SqlState, hinted.Position));
        Assert.Contains("id", hinted.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_in_no_field_and_in_no_inner_exception()
    {
        ConnectionOptions options = await servers.DatabaseAsync(15);
        var error = await RefusalAsync(options,
            """
            do $$ begin
              raise exception 'the canary' using detail = 'canary d', hint = 'canary h', table = 'canary t', schema = 'canary s', column = 'canary c', constraint = 'canary k', datatype = 'canary y';
            end $$
            """);
        var mask = new SecretMask();
        mask.Add("canary");
        var failure = ServerException.From(error, mask);

        Assert.Equal("the ***", failure.MessageText);
        Assert.DoesNotContain("canary", Reflected.TextOf(failure), StringComparison.Ordinal);
        Assert.Contains("canary", Reflected.TextOf(ServerException.From(error)), StringComparison.Ordinal);
    }

    private static async Task<PostgresException> RefusalAsync(ConnectionOptions options, params string[] statements)
    {
        await using var database = new Database(options, new SilentActivity());
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var statement in statements[..^1])
        {
            await using var command = new NpgsqlCommand(statement, session.Connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { new NpgsqlBatchCommand(statements[^1]) } };
            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        });
    }
}
