using Npgsql;

namespace Migrations.Engine.Tables;

/// <summary>Whether a row of the file is to blame for what the server says.</summary>
internal static class RowFault
{
    /// <summary>
    /// A row can be bad, also too large for an index (class 54), or by the word of a trigger, which may have a state of its own (no class of the
    /// server's begins with I to O or 6 to 9); a right, a disk, a lock or a stop is not the row's fault, and setting rows aside for it would lose them.
    /// </summary>
    public static bool IsOfTheRow(PostgresException failure) =>
        failure.SqlState[..2] is "22" or "23" or "44" or "45" or "54" or "P0" or "38" or "39" or "2F" || failure.SqlState is PostgresErrorCodes.FeatureNotSupported
        || failure.SqlState[0] is (>= 'I' and <= 'O') or (>= 'Q' and <= 'W') or (>= '6' and <= '9');
}
