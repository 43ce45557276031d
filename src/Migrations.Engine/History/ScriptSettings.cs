using System.Globalization;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>What holds in the session while a script runs.</summary>
/// <param name="LockTimeout">As PostgreSQL reads it: <c>2000ms</c>, or <c>0ms</c> for none.</param>
/// <param name="StatementTimeout">The same.</param>
internal sealed record ScriptSettings(string ApplicationName, string LockTimeout, string StatementTimeout, string? SearchPath, string? RunAs)
{
    /// <summary>The server cuts a longer name, and says so in a notice.</summary>
    private const int LongestName = 50;

    public static ScriptSettings For(string script, SectionSettings section, TimeSpan lockTimeout, TimeSpan statementTimeout) => new(
        "Migrations " + Ascii(script), Milliseconds(section.LockTimeout ?? lockTimeout), Milliseconds(section.StatementTimeout ?? statementTimeout),
        section.SearchPath.Count == 0 ? null : string.Join(", ", section.SearchPath.Select(Identifier.Quote)), section.RunAs);

    private static string Ascii(string name) =>
        string.Concat(name.Take(LongestName).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?'));

    private static string Milliseconds(TimeSpan span) => span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
}
