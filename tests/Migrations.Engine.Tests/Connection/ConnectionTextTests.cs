using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>What each spelling of a connection text means.</summary>
public sealed class ConnectionTextTests : IDisposable
{
    private readonly TestHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    // libpq's keywords
    [InlineData("host=db port=6432 dbname=shop user=anna", "host=db port=6432 dbname=shop user=anna")]
    [InlineData("  host = db   port= 6432\tdbname =shop\nuser=anna ", "host=db port=6432 dbname=shop user=anna")]
    [InlineData("host=db", "host=db port=5432 dbname=osuser user=osuser")]
    [InlineData("host=db user=anna", "host=db port=5432 dbname=anna user=anna")]
    [InlineData("host='db' dbname='my shop'", "host=db port=5432 dbname=my shop user=osuser")]
    [InlineData(@"host=db dbname='it\'s' user=back\\slash", @"host=db port=5432 dbname=it's user=back\slash")]
    [InlineData(@"host=db dbname=my\ shop", "host=db port=5432 dbname=my shop user=osuser")]
    [InlineData("host=db dbname=a=b", "host=db port=5432 dbname=a=b user=osuser")]
    [InlineData("host=db dbname=a;b", "host=db port=5432 dbname=a;b user=osuser")]
    [InlineData("host=db dbname='' user=''", "host=db port=5432 dbname=osuser user=osuser")]
    [InlineData("host=one host=two", "host=two port=5432 dbname=osuser user=osuser")]
    [InlineData("HOST=db DBNAME=shop", "host=db port=5432 dbname=shop user=osuser")]
    [InlineData("host=a,b,c port=1,2,3 dbname=shop", "host=a,b,c port=1,2,3 dbname=shop user=osuser")]
    [InlineData("host=a,b port=6000 dbname=shop", "host=a,b port=6000 dbname=shop user=osuser")]
    [InlineData("host=a,b port=,6000", "host=a,b port=5432,6000 dbname=osuser user=osuser")]
    [InlineData("host=/var/run/postgresql dbname=shop", "host=/var/run/postgresql port=5432 dbname=shop user=osuser")]
    [InlineData("host=::1 dbname=shop", "host=::1 port=5432 dbname=shop user=osuser")]
    [InlineData("hostaddr=10.0.0.1 dbname=shop", "host=10.0.0.1 port=5432 dbname=shop user=osuser")]
    [InlineData("host=db hostaddr=10.0.0.1", "host=db port=5432 dbname=osuser user=osuser")]
    // Npgsql's keywords
    [InlineData("Host=db;Port=6432;Database=shop;Username=anna", "host=db port=6432 dbname=shop user=anna")]
    [InlineData("Host=db; Port=6432; Database=shop; User Id=anna;", "host=db port=6432 dbname=shop user=anna")]
    [InlineData("Server=db;DB=shop;UID=anna;PWD=x", "host=db port=5432 dbname=shop user=anna")]
    [InlineData("Host=db;Database=\"my;shop\"", "host=db port=5432 dbname=my;shop user=osuser")]
    [InlineData("Host=db;Database='it''s'", "host=db port=5432 dbname=it's user=osuser")]
    [InlineData("Host=db;Database=my shop", "host=db port=5432 dbname=my shop user=osuser")]
    [InlineData("Host=db;", "host=db port=5432 dbname=osuser user=osuser")]
    [InlineData("Host=db;Options=-c search_path=a,b;Database=shop", "host=db port=5432 dbname=shop user=osuser")]
    [InlineData("Host=db:6432;Database=shop", "host=db port=6432 dbname=shop user=osuser")]
    [InlineData("Host=a:1,b,[::1]:3;Port=9", "host=a,b,::1 port=1,9,3 dbname=osuser user=osuser")]
    [InlineData("Host=fe80::1;Port=9", "host=fe80::1 port=9 dbname=osuser user=osuser")]
    // URIs
    [InlineData("postgresql://", "host=localhost port=5432 dbname=osuser user=osuser")]
    [InlineData("postgresql://db", "host=db port=5432 dbname=osuser user=osuser")]
    [InlineData("postgres://db:6432/shop", "host=db port=6432 dbname=shop user=osuser")]
    [InlineData("POSTGRESQL://anna@db/shop", "host=db port=5432 dbname=shop user=anna")]
    [InlineData("postgresql://anna:secret@db/shop", "host=db port=5432 dbname=shop user=anna")]
    [InlineData("postgresql:///shop", "host=localhost port=5432 dbname=shop user=osuser")]
    [InlineData("postgresql:///shop?host=/var/run/postgresql&port=6432", "host=/var/run/postgresql port=6432 dbname=shop user=osuser")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpostgresql/shop", "host=/var/run/postgresql port=5432 dbname=shop user=osuser")]
    [InlineData("postgresql://[::1]/shop", "host=::1 port=5432 dbname=shop user=osuser")]
    [InlineData("postgresql://[fe80::1%25eth0]:6432/shop", "host=fe80::1%eth0 port=6432 dbname=shop user=osuser")]
    [InlineData("postgresql://a:1,b:2,[::1]:3/shop", "host=a,b,::1 port=1,2,3 dbname=shop user=osuser")]
    [InlineData("postgresql://a,b:2/shop", "host=a,b port=5432,2 dbname=shop user=osuser")]
    [InlineData("postgresql://an%40na:p%3Aw@db/my%20shop", "host=db port=5432 dbname=my shop user=an@na")]
    [InlineData("postgresql://%C3%A4nna@db/%E5%95%86%E5%BA%97", "host=db port=5432 dbname=商店 user=änna")]
    [InlineData("postgresql://anna@db/shop?user=bert&dbname=other", "host=db port=5432 dbname=other user=bert")]
    [InlineData("postgresql://db?dbname=shop", "host=db port=5432 dbname=shop user=osuser")]
    [InlineData("postgresql://db/shop?", "host=db port=5432 dbname=shop user=osuser")]
    [InlineData("postgresql://anna@/shop", "host=localhost port=5432 dbname=shop user=anna")]
    public void A_text_means(string text, string expected) => Assert.Equal(expected, _home.Parse(text).ToString());

    [Theory]
    [InlineData("host=db password=pw", "pw")]
    [InlineData("host=db password='p w'", "p w")]
    [InlineData(@"host=db password='p\'w\\'", @"p'w\")]
    [InlineData("host=db password=a;b", "a;b")]
    [InlineData("host=db password=a=b", "a=b")]
    [InlineData("host=db password='' dbname=x", null)]
    [InlineData("Host=db;Password=p w;Database=x", "p w")]
    [InlineData("Host=db;Password=\"p;w\"", "p;w")]
    [InlineData("Host=db;Password='p\"w'", "p\"w")]
    [InlineData("Host=db;Password=p=w=", "p=w=")]
    [InlineData("postgresql://anna:p%40%3A%2F%3F%23w@db/x", "p@:/?#w")]
    [InlineData("postgresql://anna:p:w@db/x", "p:w")]
    [InlineData("postgresql://anna:@db/x", null)]
    [InlineData("postgresql://anna:100%25@db/x", "100%")]
    [InlineData("postgresql://db/x?password=p%26w", "p&w")]
    public void The_password_arrives_unchanged(string text, string? expected) => Assert.Equal(expected, _home.Parse(text).Password);

    [Theory]
    [InlineData("hots=db", "ConnectionKeywordUnknown", "hots", "host")]
    [InlineData("host=db sslmod=require", "ConnectionKeywordUnknown", "sslmod", "sslmode")]
    [InlineData("Host=db;Databse=x", "ConnectionKeywordUnknown", "databse", "database")]
    [InlineData("postgresql://db/x?aplication_name=y", "ConnectionKeywordUnknown", "aplication_name", "application_name")]
    [InlineData("host=db nonsense=1", "ConnectionKeywordUnknown", "nonsense", "spelling")]
    [InlineData("host=db dbname", "ConnectionTextInvalid", "character 9", "quotes")]
    [InlineData("host=db =x", "ConnectionTextInvalid", "character 9", "quotes")]
    [InlineData("host=db dbname='open", "ConnectionTextInvalid", "character 16", @"\'")]
    [InlineData("host=a port=5;dbname=x", "ConnectionTextInvalid", "semicolons", "quotes")]
    [InlineData("some words", "ConnectionTextInvalid", "neither", "postgresql://")]
    [InlineData("mysql://db/x", "ConnectionTextInvalid", "neither", "postgresql://")]
    [InlineData("Host=db;Database=\"x", "ConnectionTextInvalid", "Keyword=value", "quotes")]
    [InlineData("postgresql://[::1/x", "ConnectionTextInvalid", "IPv6", "brackets")]
    [InlineData("postgresql://[]/x", "ConnectionTextInvalid", "IPv6", "brackets")]
    [InlineData("postgresql://[::1]x/x", "ConnectionTextInvalid", "IPv6", "postgresql://[::1]")]
    [InlineData("postgresql://db/%zz", "ConnectionTextInvalid", "%", "%25")]
    [InlineData("postgresql://db/%4", "ConnectionTextInvalid", "%", "%25")]
    [InlineData("postgresql://db/a%00b", "ConnectionTextInvalid", "%00", "NUL")]
    [InlineData("postgresql://a:b@c@db/x", "ConnectionTextInvalid", "more than one @", "%40")]
    [InlineData("postgresql://a:b?c@db/x", "ConnectionTextInvalid", "? before the @", "%3F")]
    [InlineData("postgresql://db/x?user", "ConnectionTextInvalid", "keyword=value", "%26")]
    [InlineData("postgresql://db/x?user=a=b", "ConnectionTextInvalid", "keyword=value", "%3D")]
    [InlineData("host=db port=abc", "ConnectionValueInvalid", "port", "5432")]
    [InlineData("host=db port=0", "ConnectionValueInvalid", "port", "5432")]
    [InlineData("Host=db:x;Port=5", "ConnectionValueInvalid", "port", "5432")]
    [InlineData("host=db port=65536", "ConnectionValueInvalid", "port", "5432")]
    [InlineData("host=a,b,c port=1,2", "ConnectionValueInvalid", "3 hosts", "one port")]
    [InlineData("host=a,b hostaddr=10.0.0.1", "ConnectionValueInvalid", "hostaddr", "as many")]
    [InlineData("hostaddr=db", "ConnectionValueInvalid", "hostaddr", "host for a name")]
    [InlineData("host=db connect_timeout=soon", "ConnectionValueInvalid", "connect_timeout", "digits")]
    [InlineData("host=db sslmode=verify", "ConnectionValueInvalid", "sslmode", "verify-full")]
    [InlineData("host=db target_session_attrs=master", "ConnectionValueInvalid", "target_session_attrs", "primary")]
    [InlineData("host=db client_encoding=LATIN1", "ConnectionValueInvalid", "client_encoding", "UTF-8")]
    [InlineData("nosuchservice", "ConnectionServiceUnknown", "nosuchservice", "dbname=nosuchservice")]
    public void A_text_that_cannot_be_understood_says_why_and_what_to_do(string text, string errorId, string inMessage, string inAdvice)
    {
        var error = Assert.Throws<ConnectionTextException>(() => _home.Parse(text));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
        Assert.Contains(inAdvice, error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host=db password=my canary=1")]
    [InlineData("host=db password=x canary")]
    [InlineData("host=db password='canary")]
    [InlineData("host=db password=canary port=x")]
    [InlineData("Host=db;Password=x;canary=1")]
    [InlineData("Host=db;Password=\"canary")]
    [InlineData("Host=db;Password=canary;canary")]
    [InlineData("postgresql://a:canary@b@db/x")]
    [InlineData("postgresql://a:canary?x@db/x")]
    [InlineData("postgresql://a:can%zzary@db/canary")]
    [InlineData("postgresql://db/x?password=a&canary=b")]
    [InlineData("postgresql://a:canary#@db/x?nix=1")]
    [InlineData("host=a password=x;canary=y port=1;dbname=z")]
    public void What_may_be_a_part_of_a_password_is_not_in_the_error(string text)
    {
        var error = Assert.ThrowsAny<EngineException>(() => _home.Parse(text));
        Assert.DoesNotContain("canary", error + error.Advice + error.Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sslcrl=/x", "online")]
    [InlineData("sslcrldir=/x", "online")]
    [InlineData("sslsni=0", "always sent")]
    [InlineData("requirepeer=postgres", "verify-full")]
    [InlineData("gssdelegation=1", "never delegated")]
    [InlineData("min_protocol_version=3.2", "3.0")]
    [InlineData("replication=database", "replication")]
    [InlineData("scram_client_key=x", "token")]
    [InlineData("oauth_issuer=https://x", "token script")]
    [InlineData("sslkeylogfile=/x", "never written")]
    [InlineData("Encoding=LATIN1", "UTF-8")]
    [InlineData("Multiplexing=true", "never shared")]
    [InlineData("sslcertmode=require", "allow, disable")]
    public void A_promise_that_cannot_be_kept_is_refused_and_never_dropped(string setting, string advice)
    {
        var error = Assert.Throws<ConnectionTextException>(() => _home.Parse($"host=db {setting}"));
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sslsni=1")]
    [InlineData("gssdelegation=0")]
    [InlineData("replication=false")]
    [InlineData("sslcrl=''")]
    [InlineData("client_encoding=auto")]
    [InlineData("client_encoding=utf-8")]
    public void The_same_keyword_asking_for_nothing_passes(string setting) => Assert.Equal("db", _home.Parse($"host=db {setting}").Host);

    [Fact]
    public void Tuning_of_an_application_is_ignored_and_named()
    {
        var options = _home.Parse("Host=db;Pooling=true;Maximum Pool Size=20;Command Timeout=5;Include Error Detail=true;Keepalive=5");
        Assert.Equal(["pooling", "maximum pool size", "command timeout", "include error detail", "keepalive"], options.Ignored);
    }

    [Theory]
    [InlineData("host=db", 10)]
    [InlineData("host=db connect_timeout=3", 3)]
    [InlineData("Host=db;Timeout=7", 7)]
    [InlineData("host=db connect_timeout=99999", 1024)]
    public void The_time_to_connect_is_bounded(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), _home.Parse(text).ConnectTimeout);

    [Theory]
    [InlineData("host=db connect_timeout=0")]
    [InlineData("host=db connect_timeout=-1")]
    public void Unless_zero_asks_for_none(string text) => Assert.Equal(Timeout.InfiniteTimeSpan, _home.Parse(text).ConnectTimeout);

    [Theory]
    [InlineData("read-write", SessionTarget.ReadWrite)]
    [InlineData("ReadWrite", SessionTarget.ReadWrite)]
    [InlineData("read-only", SessionTarget.ReadOnly)]
    [InlineData("primary", SessionTarget.Primary)]
    [InlineData("standby", SessionTarget.Standby)]
    [InlineData("prefer-standby", SessionTarget.PreferStandby)]
    [InlineData("PreferPrimary", SessionTarget.PreferPrimary)]
    [InlineData("any", SessionTarget.Any)]
    public void The_kind_of_server_is_read_in_both_spellings(string text, SessionTarget expected) =>
        Assert.Equal(expected, _home.Parse($"host=db target_session_attrs={text}").Target);

    [Fact]
    public void The_application_is_ours_unless_it_is_named()
    {
        Assert.Equal("Migrations", _home.Parse("host=db").ApplicationName);
        Assert.Equal("nightly", _home.Parse("host=db fallback_application_name=nightly").ApplicationName);
        Assert.Equal("x y", _home.Parse("host=db application_name='x y' fallback_application_name=z").ApplicationName);
        Assert.Equal("runner", _home.Parse("host=db").WithApplicationName("runner").ApplicationName);
    }

    [Fact]
    public void The_socket_that_is_there_is_the_default_host()
    {
        _home.Write("run/.s.PGSQL.6432", "");
        Assert.Equal(Path.Combine(_home.Folder, "run"), _home.Parse("port=6432").Host);
        Assert.Equal("localhost", _home.Parse("port=6433").Host);
    }

    [Fact]
    public void A_change_leaves_the_original_as_it_was()
    {
        var original = _home.Parse("host=db user=anna password=one");
        var changed = original.WithCredential("bert", "two");

        Assert.Equal("host=db port=5432 dbname=anna user=anna", original.ToString());
        Assert.Equal("host=db port=5432 dbname=bert user=bert", changed.ToString());
        Assert.Equal(("one", "two"), (original.Password, changed.Password));
        Assert.Equal("shop", changed.WithDatabase("shop").Database);
        Assert.Null(changed.WithToken(_ => ValueTask.FromResult("t")).Password);
        Assert.Null(changed.WithToken(_ => ValueTask.FromResult("t")).WithCredential("c", "d").Token);
    }
}
