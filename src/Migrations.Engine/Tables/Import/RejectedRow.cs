using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>A row that the server refused.</summary>
/// <param name="Line">The physical line, from 1, on which it begins in the file.</param>
/// <param name="Column">As the server named it; null when the row as a whole was refused.</param>
public sealed record RejectedRow(string File, long Line, string? Column, string SqlState, string Reason, string? Detail, string? Constraint)
{
    internal static RejectedRow Of(ImportFile file, long line, string? column, PostgresException failure, SecretMask mask) => new(
        file.Path, line, column, failure.SqlState, mask.Apply(failure.MessageText), mask.ApplyOrNull(failure.Detail), failure.ConstraintName);
}
