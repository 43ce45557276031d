using System.Text;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Changes to the text that pg_dump writes, statement by statement: rows of data and bodies of functions may hold the same words.</summary>
internal static class DumpText
{
    /// <summary>pg_dump 17 sets a parameter that older servers do not know, to its default.</summary>
    public static string ForOlderServers(string dump)
    {
        const string setting = "\nSET transaction_timeout = 0;\n";
        var at = dump.IndexOf(setting, StringComparison.Ordinal);
        return at >= 0 && at < dump.IndexOf("\nSET client_encoding", StringComparison.Ordinal) ? dump.Remove(at, setting.Length - 1) : dump;
    }

    /// <summary>The key of \restrict is another one in each dump, and guards nothing in a file that is read by us.</summary>
    public static string WithoutRestrict(string dump)
    {
        if (!dump.Contains("\n\\restrict ", StringComparison.Ordinal)) return dump;
        var lines = dump.Split('\n');
        var (first, last) = (Array.FindIndex(lines, line => line.StartsWith("\\restrict ", StringComparison.Ordinal)), Array.FindLastIndex(lines, line => line.StartsWith("\\unrestrict ", StringComparison.Ordinal)));
        return string.Join('\n', lines.Where((_, index) => index != first && index != last));
    }

    /// <param name="replace">From the text of a statement to what takes its place; null: it stays.</param>
    public static string Rewrite(string dump, Func<string, string?> replace)
    {
        var text = new StringBuilder();
        var end = 0;
        foreach (var statement in StatementSplitter.Split(dump).Elements.OfType<SqlStatement>())
        {
            if (replace(dump.Substring(statement.Start, statement.Length)) is not { } other) continue;
            text.Append(dump, end, statement.Start - end).Append(other);
            end = statement.Start + statement.Length;
        }

        return text.Append(dump, end, dump.Length - end).ToString();
    }
}
