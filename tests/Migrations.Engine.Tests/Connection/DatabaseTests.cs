using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Migrations.Engine.Connection;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class DatabaseTests(GuardedServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_session_knows_its_server(int major)
    {
        var server = await servers.GetAsync(major);
        await using var database = new Database(server.Options("plain", "application_name='my app'"), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        var facts = session.Server;

        Assert.Equal((major, major), (facts.Major, facts.VersionNum / 10000));
        Assert.StartsWith($"{major}.", facts.Version, StringComparison.Ordinal);
        Assert.Equal(("postgres", "plain", "plain", "127.0.0.1", server.Port), (facts.Database, facts.Role, facts.SessionUser, facts.Address, facts.Port));
        Assert.Equal((false, false, false, "UTF8", true), (facts.IsStandby, facts.IsReadOnly, facts.IsSuperuser, facts.Encoding, facts.StandardConformingStrings));
        Assert.Equal(await server.RunAsync("select system_identifier::text from pg_control_system()"), facts.SystemIdentifier);
        Assert.Equal(1, facts.Timeline);
        Assert.InRange(facts.ServerTime, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal((DateTimeKind.Utc, facts.BackendPid, facts.BackendPid), (facts.ServerTime.Kind, session.BackendPid, session.KeyPid));
        Assert.Equal("my app", await server.RunAsync($"select application_name from pg_stat_activity where pid = {session.BackendPid}"));
        Assert.Equal(0L, await server.RunAsync($"select count(*) from pg_stat_activity where pid = {session.BackendPid} and backend_start <> '{facts.BackendStart:O}'"));
    }

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task A_role_that_may_not_read_the_control_file_learns_all_the_rest(int major)
    {
        await using var server = await GuardedServer.StartAsync(major);
        await server.RunAsync("revoke execute on function pg_control_system() from public");
        await server.RunAsync("revoke execute on function pg_control_checkpoint() from public");
        await server.RunAsync("alter role plain set default_transaction_read_only = on");
        await server.RunAsync("alter role plain set standard_conforming_strings = off");
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal((null, 1, true, false), (session.Server.SystemIdentifier, session.Server.Timeline, session.Server.IsReadOnly, session.Server.StandardConformingStrings));
    }

    [Fact]
    public async Task The_facts_cost_one_round_trip()
    {
        var server = await servers.GetAsync(18);
        using var relay = Relay.To(server.Port);
        await using var database = new Database(server.Options("plain", $"port={relay.Port} sslmode=disable"), new SilentActivity());
        await using (await database.OpenAsync(Stop))
        {
            // The driver loads the types of the database once.
        }

        var before = relay.RoundTrips;
        await using (await database.OpenAsync(Stop))
        {
            Assert.Equal(1, relay.RoundTrips - before);
        }
    }

    [Fact]
    public async Task Notices_arrive_as_they_happen_and_without_secrets()
    {
        var server = await servers.GetAsync(15);
        var activity = new RecordingActivity();
        await using var database = new Database(server.Options("plain"), activity);
        database.Secrets.Add("canary");
        await using var session = await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(
            """
            do $$ begin
              raise notice 'the canary % sings', 1 using detail = 'a canary', hint = 'canary', errcode = 'ZZ001';
              perform pg_sleep(30);
            end $$
            """, session.Connection);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = command.ExecuteNonQueryAsync(stop.Token);
        while (activity.Notices.IsEmpty && !running.IsCompleted) await Task.Delay(20, Stop);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(new ServerNotice("NOTICE", "ZZ001", "the *** 1 sings", "a ***", "***"), Assert.Single(activity.Notices) with { SourceFile = null });
        Assert.False(session.IsBroken);
    }

    [Fact]
    public async Task A_backend_that_swallows_its_cancel_is_ended_from_a_second_session()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var session = await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(
            """
            do $$ begin
              for i in 1..1000 loop
                begin perform pg_sleep(30); exception when query_canceled then null; end;
              end loop;
            end $$
            """, session.Connection);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<Exception>(() => command.ExecuteNonQueryAsync(stop.Token));

        Assert.True(session.IsBroken);
        Assert.Equal(1L, await server.RunAsync($"select count(*) from pg_stat_activity where pid = {session.BackendPid}"));
        var watch = Stopwatch.StartNew();
        await session.DisposeAsync();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);

        Assert.True(await database.TerminateAsync(session.BackendPid, Stop));
        Assert.Equal(0L, await server.RunAsync($"select count(*) from pg_stat_activity where pid = {session.BackendPid}"));
        Assert.True(await database.TerminateAsync(session.BackendPid, Stop));
    }

    [Fact]
    public async Task A_backend_of_somebody_mightier_is_not_ours_to_end()
    {
        var server = await servers.GetAsync(15);
        await using var mighty = new Database(server.Options("mighty"), new SilentActivity());
        await using var session = await mighty.OpenAsync(Stop);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var error = await Assert.ThrowsAsync<ServerException>(() => database.TerminateAsync(session.BackendPid, Stop));
        Assert.Equal(("42501", FailureKind.Permission), (error.SqlState, error.Kind));
    }

    [Fact]
    public async Task A_session_that_is_still_reading_closes_at_once_and_leaves_no_backend()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var session = await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select repeat('x', 1000) from generate_series(1, 100000) a, generate_series(1, 100000) b", session.Connection);
        var reader = await command.ExecuteReaderAsync(Stop);
        await reader.ReadAsync(Stop);
        await AssertClosesAsync(server, session);
    }

    [Fact]
    public async Task A_session_whose_statement_runs_closes_at_once_and_leaves_no_backend()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var session = await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select pg_sleep(60)", session.Connection);
        var running = command.ExecuteNonQueryAsync(Stop);
        await Task.Delay(200, Stop);
        await AssertClosesAsync(server, session);
        await Assert.ThrowsAnyAsync<Exception>(() => running);
    }

    [Fact]
    public async Task A_session_in_mid_copy_closes_at_once_and_leaves_no_backend()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var session = await database.OpenAsync(Stop);
        await using (var create = new NpgsqlCommand("create temp table t (a text)", session.Connection)) await create.ExecuteNonQueryAsync(Stop);
        var copy = await session.Connection.BeginTextImportAsync("copy t from stdin", Stop);
        await copy.WriteAsync("one\n");
        await AssertClosesAsync(server, session);
    }

    [Fact]
    public async Task A_session_whose_backend_was_killed_closes_without_a_word()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain"), new SilentActivity());
        var session = await database.OpenAsync(Stop);
        await server.RunAsync($"select pg_terminate_backend({session.BackendPid})");
        await AssertClosesAsync(server, session);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task A_pgpass_file_opens_the_door_and_one_that_others_can_read_does_not()
    {
        var server = await servers.GetAsync(15);
        using var home = new TestHome();
        var password = GuardedServer.Password.Replace("\\", "\\\\", StringComparison.Ordinal);
        home.Write(".pgpass", $"127.0.0.1:{server.Port}:postgres:plain:{password}\n");
        var options = home.Parse($"host=127.0.0.1 port={server.Port} dbname=postgres user=plain");
        await using (var database = new Database(options, new SilentActivity()))
        await using (var session = await database.OpenAsync(Stop))
        {
            Assert.Equal("plain", session.Server.Role);
        }

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        home.Write(".pgpass", "*:*:*:*:x", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var activity = new RecordingActivity();
        await using var refused = new Database(options, activity);
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<ConnectionFailedException>(() => refused.OpenAsync(Stop));
        Assert.Contains("chmod 600", Assert.Single(activity.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_names_a_real_server()
    {
        var server = await servers.GetAsync(18);
        using var home = new TestHome();
        home.Write(".pg_service.conf", $"[shop]\nhost=127.0.0.1\nport={server.Port}\ndbname=postgres\nuser=plain\npassword={GuardedServer.Password}\n");
        await using var database = new Database(home.Parse("shop"), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal("plain", session.Server.Role);
    }

    [Fact]
    public async Task A_socket_leads_to_the_server_and_a_pgpass_line_calls_it_localhost()
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "No Unix sockets here.");
        var server = await servers.GetAsync(15);
        using var home = new TestHome();
        home.Write(".pgpass", $"localhost:7654:postgres:plain:{GuardedServer.Password.Replace("\\", "\\\\", StringComparison.Ordinal)}\n");
        Directory.CreateDirectory(Path.Combine(home.Folder, "run"));
        using var relay = Relay.To(server.Port, new UnixDomainSocketEndPoint(Path.Combine(home.Folder, "run", ".s.PGSQL.7654")));
        await using var database = new Database(home.Parse("postgresql://plain@/postgres?port=7654&sslmode=require"), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal((Path.Combine(home.Folder, "run"), 1), (session.Address.Host, relay.Connections));
    }

    [Fact]
    public async Task IPv6_leads_to_the_server()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && IPv6Works(), "No IPv6 loopback here.");
        var server = await servers.GetAsync(15);
        using var relay = Relay.To(server.Port, new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var options = server.Home.Parse($"postgresql://plain@[::1]:{relay.Port}/postgres?sslmode=disable").WithCredential("plain", GuardedServer.Password);
        await using var database = new Database(options, new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal(1, relay.Connections);
        Assert.Equal($"[::1]:{relay.Port}", session.Address.ToString());
    }

    [Theory]
    [InlineData("plain", "Host=127.0.0.1;Port={0};Database=postgres;Username=plain;SSL Mode=Require")]
    [InlineData("md5er", "postgres://md5er@127.0.0.1:{0}/postgres")]
    [InlineData("cleartext", "host=127.0.0.1 port={0} dbname=postgres user=cleartext sslmode=require")]
    public async Task A_password_with_every_special_character_is_understood_by_the_server(string role, string text)
    {
        var server = await servers.GetAsync(18);
        var options = server.Home.Parse(text.Replace("{0}", $"{server.Port}", StringComparison.Ordinal)).WithCredential(role, GuardedServer.Password);
        await using var database = new Database(options, new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        Assert.Equal(role, session.Server.SessionUser);
    }

    [Fact]
    public async Task Session_settings_of_the_text_reach_the_server()
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain", "options='-c work_mem=7MB -c search_path=a,\\\\ b'"), new SilentActivity());
        await using var session = await database.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select current_setting('work_mem') || '|' || current_setting('search_path')", session.Connection);
        Assert.Equal("7MB|a, b", await command.ExecuteScalarAsync(Stop));
    }

    [Theory]
    [InlineData("read-write", true)]
    [InlineData("read-only", false)]
    [InlineData("primary", true)]
    [InlineData("standby", false)]
    [InlineData("prefer-standby", true)]
    [InlineData("any", true)]
    public async Task A_server_of_the_wrong_kind_is_passed_over(string target, bool accepted)
    {
        var server = await servers.GetAsync(15);
        await using var database = new Database(server.Options("plain", $"target_session_attrs={target}"), new SilentActivity());
        if (accepted)
        {
            await using var session = await database.OpenAsync(Stop);
            Assert.False(session.IsBroken);
            return;
        }

        var failure = await Assert.ThrowsAsync<ConnectionFailedException>(() => database.OpenAsync(Stop));
        Assert.Equal(ConnectionStage.Database, failure.Stage);
        Assert.Contains("target_session_attrs", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ignored_settings_are_named_once()
    {
        var server = await servers.GetAsync(15);
        var activity = new RecordingActivity();
        await using var database = new Database(server.Options("plain", "keepalives=1"), activity);
        for (var i = 0; i < 2; i++) await (await database.OpenAsync(Stop)).DisposeAsync();
        Assert.Contains("keepalives", Assert.Single(activity.Details), StringComparison.Ordinal);
    }

    private static async Task AssertClosesAsync(GuardedServer server, Session session)
    {
        var watch = Stopwatch.StartNew();
        await session.DisposeAsync();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        for (var i = 0; await server.RunAsync($"select count(*) from pg_stat_activity where pid = {session.BackendPid}") is not 0L; i++)
        {
            Assert.True(i < 40, "The backend is still there.");
            await Task.Delay(50, Stop);
        }
    }

    private static bool IPv6Works()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
