using System.Xml.Linq;
using Npgsql;

namespace Migrations.Engine.Connection;

/// <summary>Gathers <see cref="ServerFacts"/> in one round trip, for any role, also on a standby.</summary>
internal static class ServerFactsQuery
{
    // A role without the right to read the control file would fail at the start of a plain query, CASE or not: the
    // executor checks functions before it runs anything. query_to_xml plans its text only when its branch is reached.
    // After a promotion the control file names the old timeline until the next checkpoint; the name of the current WAL file does not.
    private const string Sql = """
        select pg_catalog.current_setting('server_version_num')::int,
               pg_catalog.current_setting('server_version'),
               pg_catalog.current_database()::text,
               current_user::text,
               session_user::text,
               pg_catalog.host(pg_catalog.inet_server_addr()),
               pg_catalog.inet_server_port(),
               pg_catalog.pg_is_in_recovery(),
               pg_catalog.current_setting('transaction_read_only')::bool,
               pg_catalog.current_setting('is_superuser')::bool,
               case when pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute')
                     and pg_catalog.has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute')
                    then pg_catalog.query_to_xml('
                           select system_identifier, timeline_id
                           from pg_catalog.pg_control_system(), pg_catalog.pg_control_checkpoint()', false, true, '')::text end,
               case when not pg_catalog.pg_is_in_recovery()
                    then ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int end,
               pg_catalog.clock_timestamp(),
               pg_catalog.current_setting('server_encoding'),
               pg_catalog.current_setting('standard_conforming_strings')::bool,
               pg_catalog.pg_backend_pid(),
               (select backend_start from pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())),
               pg_catalog.pg_postmaster_start_time()
        """;

    public static async Task<ServerFacts> ReadAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = Math.Max(0, (int)timeout.TotalSeconds) };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var control = row.IsDBNull(10) ? null : XElement.Parse(row.GetString(10));
        int? timeline = row.IsDBNull(11) ? null : row.GetInt32(11);
        return new ServerFacts(
            VersionNum: row.GetInt32(0),
            Version: row.GetString(1),
            Database: row.GetString(2),
            Role: row.GetString(3),
            SessionUser: row.GetString(4),
            Address: row.IsDBNull(5) ? null : row.GetString(5),
            Port: row.IsDBNull(6) ? null : row.GetInt32(6),
            IsStandby: row.GetBoolean(7),
            IsReadOnly: row.GetBoolean(8),
            IsSuperuser: row.GetBoolean(9),
            SystemIdentifier: control?.Element("system_identifier")?.Value,
            Timeline: timeline ?? (int?)control?.Element("timeline_id"),
            ServerTime: row.GetDateTime(12),
            Encoding: row.GetString(13),
            StandardConformingStrings: row.GetBoolean(14),
            BackendPid: row.GetInt32(15),
            BackendStart: row.GetDateTime(16),
            ServerStart: row.GetDateTime(17));
    }
}
