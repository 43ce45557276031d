using System.Diagnostics;
using Migrations.Engine.Scripts;
using Npgsql;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>The judge of variables is psql itself: what it echoes of the statements that it sends.</summary>
public sealed class PsqlVariableTests(Servers servers)
{
    private const string Divider = "@@@@";

    private static readonly (string Name, string Value)[] s_variables = [("n", "7"), ("quote", "it's"), ("slash", "a\\b"), ("odd", "a\"b c"), ("empty", ""), ("ümlaut", "ä€😀")];

    private static readonly string[] s_scripts =
    [
        "select :n, :'n', :\"n\", :{?n}, :{?nope};",
        "select :nope, :'nope', :\"nope\", a[1:m], a[1:n], :n::int, 1::int, :=, :n:n;",
        "select:'slash',:'quote',:\"odd\",:'odd',:'ümlaut',:empty 1,:'empty';",
        "select ':n', $$:n$$, $x$ :'n' $x$, \":n\", E':n' /* :n */ -- :n\n, :n;",
        "select \\:n, \\:'n';",
        "\\set v :n'x'\"y z\" 'it''s'\nselect :'v';",
        "\\set v 'a\\nb\\tc\\x41\\101\\'\\q\\\\'\nselect :'v';",
        "\\set v a  b   'c d'\nselect :'v';",
        "\\set v :'quote':\"odd\":'slash'\nselect :'v';",
        "\\set v :{?n}:{?nope}:nope:'nope'\nselect :'v';",
        "\\set v \"a b\" \"c\"\nselect :'v', :\"v\";",
        "\\set v\nselect :'v';",
        "\\set v ''\nselect :'v';",
        "\\set v a;b--c/*d*/\nselect :'v';",
        "\\set v 'a'b'c'\nselect :'v';",
        "\\set v 'a''''b'''\nselect :'v';",
        "\\set v ä€😀 :ümlaut\nselect :'v';",
        "\\set v a \\\\ select :'v';",
        "\\set v 1\nselect :v;\n\\set v 2\nselect :v; select :'v';\n\\set v :v:v\nselect :v;",
        "\\set cmd 'select 1, 2'\n:cmd;\n:cmd where :n > 1;",
        "create function f() returns int begin atomic select :n; select :n; end;",
        "copy :\"odd\" from stdin;\n:n\t:'n'\n\\.\nselect :n;",
    ];

    [Theory]
    [MemberData(nameof(Servers.Majors), MemberType = typeof(Servers))]
    public async Task We_replace_variables_as_psql_does(int major)
    {
        var psql = Psql();
        var database = await servers.DatabaseAsync(major);
        // Rows are read only when the server takes the COPY.
        await Servers.ExecuteAsync(database, "create table \"a\"\"b c\" (a text, b text)");
        var theirs = await EchoAsync(psql, database);
        Assert.Equal(s_scripts.Length, theirs.Count);

        var variables = s_variables.Aggregate(ScriptVariables.None, (all, v) => all.With(v.Name, v.Value));
        for (var i = 0; i < s_scripts.Length; i++)
        {
            var ours = ScriptSection.Parse(s_scripts[i], "t.sql", variables).Steps.Select(s => s.Text + "\n");
            Assert.Equal(theirs[i], string.Concat(ours));
        }
    }

    private static string Psql()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Prepend("/usr/lib/postgresql/15/bin");
        var psql = folders.Select(f => Path.Combine(f, "psql")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(psql is null, "psql is not installed here (Debian: postgresql-client); what it sends is the measure.");
        return psql!;
    }

    private static async Task<List<string>> EchoAsync(string psql, string connectionString)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-psql-");
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(connectionString);
            var start = new ProcessStartInfo(psql, ["-X", "-q", "-e", "-o", Path.Combine(folder.FullName, "results")]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in s_variables) start.ArgumentList.Add($"--variable={name}={value}");
            for (var i = 0; i < s_scripts.Length; i++)
            {
                var file = Path.Combine(folder.FullName, $"{i}.sql");
                await File.WriteAllTextAsync(file, s_scripts[i] + "\n", TestContext.Current.CancellationToken);
                foreach (var argument in new[] { "-f", file, "-c", $"\\echo {Divider}" }) start.ArgumentList.Add(argument);
            }

            start.Environment["PGHOST"] = connection.Host;
            start.Environment["PGPORT"] = $"{connection.Port}";
            start.Environment["PGUSER"] = connection.Username;
            start.Environment["PGPASSWORD"] = connection.Password;
            start.Environment["PGDATABASE"] = connection.Database;
            start.Environment["PGCLIENTENCODING"] = "UTF8";
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await errors;
            return [.. output.Split(Divider + "\n")[..^1]];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
