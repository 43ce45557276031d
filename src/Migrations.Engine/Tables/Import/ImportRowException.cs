using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>The server refused a row, and nothing was set aside.</summary>
public sealed class ImportRowException : ServerException
{
    internal ImportRowException(PostgresException failure, SecretMask mask, string file, long? line, string? column, ImportTally tally)
        : base(failure, mask, "ImportRowRefused",
            $"{file}{(line is null ? "" : $":{line}")}: {failure.SqlState}: {failure.MessageText}{(column is null ? "" : $" (column {column})")}{(failure.Detail is { } detail ? $" {detail.ReplaceLineEndings(" ")}" : "")}",
            $"{tally.Kept} {(tally.IsOfScript ? AdviceInScript(failure) : AdviceOf(failure))}", file)
    {
        File = file;
        Line = line;
        Column = column;
    }

    public string File { get; }

    /// <summary>The physical line, from 1, on which the row begins; null when the server could not say, as for a foreign key.</summary>
    public long? Line { get; }

    public string? Column { get; }

    private static string AdviceInScript(PostgresException failure) =>
        failure.SqlState == PostgresErrorCodes.InsufficientPrivilege ? SqlStateFacts.AdviceFor(failure.SqlState) : "Correct the file, or the script that makes its table, and run it again.";

    private static string AdviceOf(PostgresException failure) => failure.SqlState switch
    {
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => "Say the encoding of the file with -Encoding.",
        "22008" => "A date such as 01/02/2024 needs -DateStyle MDY or DMY.",
        PostgresErrorCodes.BadCopyFileFormat => "Correct the row; or say how the file is written with -Delimiter and -Quote; or set bad rows aside with -OnError Quarantine.",
        PostgresErrorCodes.InsufficientPrivilege => SqlStateFacts.AdviceFor(failure.SqlState),
        _ => "Correct the row and import again, or set bad rows aside with -OnError Quarantine.",
    };
}
