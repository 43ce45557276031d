using System.Text;
using System.Text.RegularExpressions;
using Migrations.Engine.Sandbox;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>
/// Reads back from a server's log the exact text of the statements that one session sent. The framing is unambiguous: each
/// record begins with a prefix of ours, and the server puts a tab behind every line end inside a record.
/// </summary>
internal sealed partial class ServerLogReader(SandboxServer server)
{
    /// <summary>
    /// What the session to be recorded has to set. A statement that the grammar refuses is not logged as a statement, only
    /// as the context of its error.
    /// </summary>
    public const string SessionOptions = "-c log_statement=all -c log_min_error_statement=error -c log_min_messages=error -c log_error_verbosity=terse";

    private const string StatementRecord = "LOG:  statement: ";
    private const string ContextRecord = "STATEMENT:  ";

    private readonly string _path = Path.Combine(server.Folder, "server.log");
    private readonly long _start = new FileInfo(Path.Combine(server.Folder, "server.log")).Length;

    public static async Task PrepareAsync(string superuser)
    {
        await Servers.ExecuteAsync(superuser, "alter system set log_line_prefix = '@@%p@@'");
        await Servers.ExecuteAsync(superuser, "select pg_reload_conf()");
    }

    /// <summary>Everything from the first marker to the last, both included, of the session that sent them.</summary>
    public async Task<IReadOnlyList<string>> ReadStatementsAsync(string first, string last, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            var statements = Statements(await ReadNewAsync(cancellationToken), first);
            if (statements.Count > 0 && statements[^1] == last) return statements;
            if (DateTime.UtcNow > deadline) throw new TimeoutException("The end of the session did not reach the log.");
            await Task.Delay(50, cancellationToken);
        }
    }

    private async Task<string> ReadNewAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(_start, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static List<string> Statements(string log, string first)
    {
        var records = Record().Split(log).Skip(1).Chunk(2).Select(pair => (Pid: pair[0], Text: pair[1])).ToList();
        var pid = records.FirstOrDefault(r => Decode(r.Text) == StatementRecord + first).Pid;
        var statements = new List<string>();
        string? answered = null;
        foreach (var (_, text) in records.Where(r => r.Pid == pid).SkipWhile(r => Decode(r.Text) != StatementRecord + first))
        {
            var record = Decode(text);
            if (record.StartsWith(StatementRecord, StringComparison.Ordinal))
            {
                statements.Add(answered = record[StatementRecord.Length..]);
            }
            else if (record.StartsWith(ContextRecord, StringComparison.Ordinal))
            {
                // The error of a statement that is in the log already has no second meaning.
                var failed = record[ContextRecord.Length..];
                if (failed != answered) statements.Add(failed);
                answered = null;
            }
        }

        return statements;
    }

    /// <summary>A line without the tab is somebody else's: a background process may not have read yet that there is a prefix.</summary>
    private static string Decode(string record) => (LineEnd().Match(record) is { Success: true } end ? record[..end.Index] : record).Replace("\n\t", "\n", StringComparison.Ordinal);

    [GeneratedRegex(@"\n(?!\t)")]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"(?:^|(?<=\n))@@(\d+)@@")]
    private static partial Regex Record();
}
