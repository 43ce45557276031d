using System.Diagnostics;
using System.Globalization;
using Migrations.Engine.Sandbox;
using Npgsql;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>
/// Runs scripts with the real psql and reads from the server's log what it sent. One psql runs all the scripts of a call:
/// between two of them it sends a marker that also puts the session back to its start.
/// </summary>
internal sealed class PsqlRecorder(string psql, SandboxServer server)
{
    /// <summary>The texts of each script, in the order sent.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> RecordAsync(
        string connectionString, IReadOnlyList<string> scripts, bool standardConformingStrings, CancellationToken cancellationToken)
    {
        await ServerLogReader.PrepareAsync(server.ConnectionString);
        var log = new ServerLogReader(server);
        var run = Guid.NewGuid().ToString("N");
        var folder = Directory.CreateTempSubdirectory("migrations-psql-");
        try
        {
            var arguments = new List<string> { "-X", "-q", "-v", "ON_ERROR_STOP=0" };
            for (var i = 0; i < scripts.Count; i++)
            {
                var file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{i}.sql"));
                await File.WriteAllTextAsync(file, scripts[i], cancellationToken);
                arguments.AddRange(["-c", Marker(run, i), "-f", file]);
            }

            arguments.AddRange(["-c", Marker(run, scripts.Count)]);
            await RunPsqlAsync(arguments, connectionString, standardConformingStrings, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var sent = await log.ReadStatementsAsync(Marker(run, 0), Marker(run, scripts.Count), cancellationToken);
        return Divide(sent, run, scripts.Count);
    }

    private static string Marker(string run, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"rollback; reset all; select '{run}-{index}'");

    private static List<IReadOnlyList<string>> Divide(IReadOnlyList<string> sent, string run, int count)
    {
        var result = new List<IReadOnlyList<string>>();
        var next = 1;
        for (var i = 0; i < count; i++)
        {
            var start = next;
            var marker = Marker(run, i + 1);
            while (sent[next] != marker) next++;
            result.Add([.. sent.Skip(start).Take(next - start)]);
            next++;
        }

        return result;
    }

    private async Task RunPsqlAsync(
        List<string> arguments, string connectionString, bool standardConformingStrings, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(psql, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGHOST"] = connection.Host;
        start.Environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = connection.Username;
        start.Environment["PGPASSWORD"] = connection.Password;
        start.Environment["PGDATABASE"] = connection.Database;
        start.Environment["PGCLIENTENCODING"] = "UTF8";
        start.Environment["PGOPTIONS"] = ServerLogReader.SessionOptions
            + " -c standard_conforming_strings=" + (standardConformingStrings ? "on" : "off");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        await output;
        await errors;
    }
}
