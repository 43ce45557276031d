namespace Migrations.Engine.Scripts;

/// <summary>How a section runs: what the header says, unless its own marker says otherwise.</summary>
/// <param name="LockTimeout">Null: the project's; zero: no limit.</param>
/// <param name="StatementTimeout">Null: the project's; zero: no limit.</param>
/// <param name="RunAs">The role, unquoted; null: the session's.</param>
/// <param name="SearchPath">Schemas, unquoted; empty: the session's.</param>
public sealed record SectionSettings(
    TransactionMode Transaction, TimeSpan? LockTimeout, TimeSpan? StatementTimeout, string? RunAs, IReadOnlyList<string> SearchPath)
{
    internal static SectionSettings Of(ScriptHeader header) =>
        new(header.Transaction, header.LockTimeout, header.StatementTimeout, header.RunAs, header.SearchPath);
}
