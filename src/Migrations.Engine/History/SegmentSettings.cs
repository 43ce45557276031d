using System.Globalization;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.History;

/// <summary>What holds in the session while a segment runs.</summary>
/// <param name="LockTimeout">As PostgreSQL reads it: <c>2000ms</c>, or <c>0ms</c> for none.</param>
/// <param name="StatementTimeout">The same.</param>
internal sealed record SegmentSettings(string ApplicationName, string LockTimeout, string StatementTimeout, string? SearchPath, string? RunAs)
{
    public static SegmentSettings For(string script, SectionSettings section, TimeSpan lockTimeout, TimeSpan statementTimeout) => new(
        $"Migrations {script}", Milliseconds(lockTimeout), Milliseconds(statementTimeout),
        section.SearchPath.Count == 0 ? null : string.Join(", ", section.SearchPath.Select(Identifier.Quote)), section.RunAs);

    private static string Milliseconds(TimeSpan span) => span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
}
