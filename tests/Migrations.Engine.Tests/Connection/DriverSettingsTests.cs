using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class DriverSettingsTests : IDisposable
{
    private readonly TestHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_the_runner_relies_on_is_set_whatever_the_text_says()
    {
        var options = _home.Parse("Host=db;Pooling=true;Max Auto Prepare=9;Command Timeout=5;Keepalive=1;Include Error Detail=false;Persist Security Info=true;Enlist=true");
        var settings = DriverSettings.For(options, options.Hosts[0]);

        Assert.Equal((false, 0, 0, 30, 10), (settings.Pooling, settings.MaxAutoPrepare, settings.CommandTimeout, settings.KeepAlive, settings.Timeout));
        Assert.Equal((true, true, false, false), (settings.IncludeErrorDetail, settings.IncludeFailedBatchedCommand, settings.PersistSecurityInfo, settings.Enlist));
        Assert.Equal(("UTF8", "Migrations"), (settings.ClientEncoding, settings.ApplicationName));
    }

    [Fact]
    public void Values_with_special_characters_survive_the_builder()
    {
        var options = _home.Parse(@"host=db dbname='a;b=""c""' user='it\'s;x' application_name='p;q=1' options='-c x=\'y\''");
        var again = new Npgsql.NpgsqlConnectionStringBuilder(DriverSettings.For(options, options.Hosts[0]).ConnectionString);
        Assert.Equal(("a;b=\"c\"", "it's;x", "p;q=1", "-c x='y'"), (again.Database, again.Username, again.ApplicationName, again.Options));
    }

    [Fact]
    public void No_password_is_in_the_connection_string()
    {
        var options = _home.Parse("host=db password=canary");
        Assert.DoesNotContain("canary", DriverSettings.For(options, options.Hosts[0]).ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public void No_time_limit_is_no_time_limit()
    {
        var options = _home.Parse("host=db connect_timeout=0");
        Assert.Equal(0, DriverSettings.For(options, options.Hosts[0]).Timeout);
    }

    [Fact]
    public void Search_path_and_time_zone_of_a_driver_text_are_kept()
    {
        var options = _home.Parse("Host=db;Search Path=a,b;Timezone=Asia/Tokyo");
        var settings = DriverSettings.For(options, options.Hosts[0]);
        Assert.Equal(("a,b", "Asia/Tokyo"), (settings.SearchPath, settings.Timezone));
    }
}
