using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Text before service before PG* variables before defaults, as in libpq.</summary>
public sealed class PrecedenceTests : IDisposable
{
    private readonly TestHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void No_text_is_the_environment(string? text)
    {
        _home.With("PGHOST", "envhost").With("PGPORT", "7000").With("PGDATABASE", "envdb").With("PGUSER", "envuser").With("PGPASSWORD", "envpw")
            .With("PGAPPNAME", "envapp").With("PGCONNECT_TIMEOUT", "4").With("PGTARGETSESSIONATTRS", "primary").With("PGOPTIONS", "-c work_mem=8MB");
        var options = _home.Parse(text);

        Assert.Equal("host=envhost port=7000 dbname=envdb user=envuser", options.ToString());
        Assert.Equal(("envpw", "envapp", "-c work_mem=8MB"), (options.Password, options.ApplicationName, options.ServerOptions));
        Assert.Equal((TimeSpan.FromSeconds(4), SessionTarget.Primary), (options.ConnectTimeout, options.Target));
    }

    [Fact]
    public void Nothing_at_all_is_the_user_of_the_system_on_this_machine() =>
        Assert.Equal("host=localhost port=5432 dbname=osuser user=osuser", _home.Parse(null).ToString());

    [Fact]
    public void Text_wins_over_service_and_service_over_the_environment()
    {
        _home.Write(".pg_service.conf", "[shop]\nhost=servicehost\nport=7001\ndbname=servicedb\nuser=serviceuser\n");
        _home.With("PGHOST", "envhost").With("PGPORT", "7000").With("PGAPPNAME", "envapp");
        var options = _home.Parse("service=shop host=texthost");

        Assert.Equal("host=texthost port=7001 dbname=servicedb user=serviceuser", options.ToString());
        Assert.Equal(("envapp", "shop"), (options.ApplicationName, options.Service));
    }

    [Fact]
    public void An_empty_value_in_the_text_asks_for_the_default_and_not_for_the_environment() =>
        Assert.Equal("localhost", _home.With("PGHOST", "envhost").Parse("host='' dbname=x").Host);

    [Theory]
    [InlineData("shop")]
    [InlineData("service=shop")]
    [InlineData("postgresql:///?service=shop")]
    [InlineData("Service=shop;")]
    public void A_service_is_named_in_any_spelling(string text)
    {
        _home.Write(".pg_service.conf", "# mine\n\n[other]\nhost=no\n[shop]\n# here\nhost=servicehost \n\n[more]\nhost=no\n");
        Assert.Equal("servicehost", _home.Parse(text).Host);
    }

    [Fact]
    public void PGSERVICE_names_one_too_and_a_text_can_override_it()
    {
        _home.Write(".pg_service.conf", "[a]\nhost=ahost\n[b]\nhost=bhost\n");
        _home.With("PGSERVICE", "a");
        Assert.Equal("ahost", _home.Parse(null).Host);
        Assert.Equal("bhost", _home.Parse("b").Host);
    }

    [Fact]
    public void PGSERVICEFILE_stands_in_for_the_file_in_the_home_folder()
    {
        _home.Write(".pg_service.conf", "[a]\nhost=home\n");
        _home.With("PGSERVICEFILE", _home.Write("elsewhere.conf", "[a]\nhost=elsewhere\n"));
        Assert.Equal("elsewhere", _home.Parse("a").Host);
        Assert.Equal("third", _home.Parse($"service=a servicefile={_home.Write("third.conf", "[a]\nhost=third\n")}").Host);
    }

    [Fact]
    public void The_files_of_the_system_come_after_the_file_of_the_user()
    {
        _home.Write(".pg_service.conf", "[a]\nhost=user\n");
        _home.Write("etc/pg_service.conf", "[a]\nhost=system\n[b]\nhost=systemb\n");
        Assert.Equal("user", _home.Parse("a").Host);
        Assert.Equal("systemb", _home.Parse("b").Host);

        _home.With("PGSYSCONFDIR", Path.GetDirectoryName(_home.Write("conf/pg_service.conf", "[b]\nhost=configured\n"))!);
        Assert.Equal("configured", _home.Parse("b").Host);
    }

    [Theory]
    [InlineData("[a]\nhost\n", "ConnectionServiceInvalid", "Line 2")]
    [InlineData("[a]\nservice=b\n", "ConnectionServiceInvalid", "another service")]
    [InlineData("[a]\nldap://x\n", "ConnectionServiceInvalid", "LDAP")]
    [InlineData("[a]\nhots=x\n", "ConnectionKeywordUnknown", "the service \"a\"")]
    [InlineData("[b]\nhost=x\n[c]\n", "ConnectionServiceUnknown", "b, c")]
    public void A_service_that_cannot_be_read_says_why(string file, string errorId, string inMessage)
    {
        _home.Write(".pg_service.conf", file);
        var error = Assert.Throws<ConnectionTextException>(() => _home.Parse("a"));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_file_that_was_named_has_to_exist()
    {
        var error = Assert.Throws<ConnectionTextException>(() => _home.With("PGSERVICEFILE", "/no/such/file").Parse("a"));
        Assert.Contains("/no/such/file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PGSSLMODE", "sometimes", "sslmode")]
    [InlineData("PGPORT", "x", "port")]
    [InlineData("PGSSLCRL", "/x", "sslcrl")]
    [InlineData("PGREQUIREPEER", "postgres", "requirepeer")]
    public void A_variable_is_as_strict_as_the_text(string variable, string value, string named)
    {
        var error = Assert.Throws<ConnectionTextException>(() => _home.With(variable, value).Parse("host=db"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_sources_only_the_text_counts()
    {
        var options = ConnectionOptions.Parse("host=db dbname=x user=y", ConnectionSources.None);
        Assert.Equal(("host=db port=5432 dbname=x user=y", (string?)null, TlsMode.Prefer), (options.ToString(), options.PasswordFile, options.TlsMode));
    }

    [Fact]
    public void The_environment_of_this_process_is_read_when_no_other_is_given()
    {
        var sources = ConnectionSources.OfThisProcess();
        Assert.Equal(Environment.UserName, sources.UserName);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), sources.Variable("PATH"));
        Assert.Equal("db", ConnectionOptions.Parse("host=db").Host);
    }
}
