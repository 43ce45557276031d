using Xunit;

namespace Migrations.Engine.Tests.Sandbox;

public sealed class ServersTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Servers.AllMajors), MemberType = typeof(Servers))]
    public async Task Each_database_is_new_and_empty_and_runs_on_the_major_asked_for(int major)
    {
        var first = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(first, "create table t (id int)");
        var second = await servers.DatabaseAsync(major);

        Assert.Equal(0L, await Servers.ScalarAsync<long>(second, "select count(*) from pg_tables where schemaname = 'public'"));
        Assert.StartsWith($"PostgreSQL {major}.", await Servers.ScalarAsync<string>(second, "select version()"), StringComparison.Ordinal);
    }
}
