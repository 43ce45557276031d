namespace Migrations.Engine.Audit;

/// <summary>How long a chain was at a time and what it ended with, kept where who owns the database cannot reach: a line of JSON in a file that only grows.</summary>
/// <param name="At">Of the server, in UTC.</param>
/// <param name="Server">Where the database was then.</param>
public sealed record AuditAnchor(Guid Chain, long Seq, string Hash, DateTime At, string Database, string HistorySchema, ServerPlace Server)
{
    public const string Format = "migrations-anchor/1";
}
