namespace Migrations.Engine.Catalog;

/// <summary>The questions of a snapshot, one for each family of kinds. Each answers in four columns: kind, identity, properties, what is told apart.</summary>
internal static class CatalogQueries
{
    /// <summary>For a transaction of the caller's, whose locks they leave as they are.</summary>
    public static IReadOnlyList<(string Sql, bool TakesSchemas)> Traceless { get; } = With(Sequences.Sql);

    /// <summary>For a transaction of its own.</summary>
    public static IReadOnlyList<(string Sql, bool TakesSchemas)> All { get; } = With(Sequences.WithValues);

    private static IReadOnlyList<(string Sql, bool TakesSchemas)> With(string sequences) =>
    [
        .. new[]
        {
            Schemas.Sql, Tables.Sql, Columns.Sql, Constraints.Sql, Indexes.Sql, Views.Sql, sequences, Routines.Sql, Aggregates.Sql, Triggers.Sql, Rules.Sql, Policies.Sql,
            Types.Sql, Extensions.Sql, Collations.Sql, StatisticsObjects.Sql, Publications.Sql, Subscriptions.Sql, EventTriggers.Sql, ForeignServers.Sql, DefaultPrivileges.Sql,
            Operators.Sql, TextSearch.Sql, Casts.Sql, DatabaseWhole.Sql,
        }.Select(sql => (sql, sql.Contains("$1", StringComparison.Ordinal))),
    ];
}
