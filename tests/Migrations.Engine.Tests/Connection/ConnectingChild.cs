using System.Diagnostics;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tests.Connection;

/// <summary>Another process that connects: its environment is real, so what the driver reads behind our back shows.</summary>
internal static class ConnectingChild
{
    public const string Role = "connecting-child";

    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            await using var database = new Database(ConnectionOptions.Parse(arguments[0]), new SilentActivity());
            await using var session = await database.OpenAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand(
                """
                select concat_ws(' ', 'role=' || current_user, 'ssl=' || ssl, 'work_mem=' || current_setting('work_mem'))
                from pg_stat_ssl where pid = pg_backend_pid()
                """, session.Connection);
            Console.WriteLine(await command.ExecuteScalarAsync());
        }
        catch (EngineException error)
        {
            Console.WriteLine($"{error.ErrorId}: {error.Message}");
        }

        return 0;
    }

    /// <summary>What such a child says.</summary>
    public static async Task<string> SayAsync(string text, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var start = TestChild.StartInfo(TestChild.CommandLine(Role, text));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        return said.Trim();
    }
}
