using Dapper;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>How values are read must not depend on who imports: the settings for that hold in the transaction, and where it is a script's, until its rows are in.</summary>
/// <param name="Return">Statements that give back what held before.</param>
internal sealed record LoadSettings(IReadOnlyList<string> Return)
{
    private static readonly string[] s_newLimits = ["transaction_timeout"];

    public static IEnumerable<(string Name, string Value)> Of(ImportRequest request, int major)
    {
        // A date such as 01/02/2024 is refused and not read in one way here and in another there.
        yield return ("datestyle", "ISO, " + (request.DateStyle ?? "YMD"));
        yield return ("xmloption", "content");
        // -1 02:00:00 is 22 hours back, or 26.
        yield return ("intervalstyle", "postgres");
        // As Export-Table writes it; the server's own would read 1,234.50 in one place as it does not in another.
        yield return ("lc_monetary", "C");
        // As an export has it: what a role is given for its queries would end any large file. A script has limits of its own.
        if (!request.IsOfScript) foreach (var limit in (string[])["statement_timeout", "idle_in_transaction_session_timeout", .. major >= 17 ? s_newLimits : []]) yield return (limit, "0");
        if (request.TimeZone is { } zone) yield return ("timezone", zone);
    }

    public static IEnumerable<string> Statements(IEnumerable<(string Name, string Value)> settings) =>
        settings.Select(setting => $"set local {setting.Name} = {Literal.Quote(setting.Value)}");

    /// <summary>Inside a transaction of somebody else's.</summary>
    public static async Task<LoadSettings> EnterAsync(CopyLane lane, ImportRequest request, CancellationToken cancellationToken)
    {
        var settings = Of(request, lane.Session.Server.Major).ToList();
        var before = await ServerCall.RunAsync(() => lane.Session.Connection.QueryAsync<string>(new CommandDefinition(
            "select pg_catalog.current_setting(s.name) from pg_catalog.unnest(@names) with ordinality s (name, nr) order by s.nr",
            new { names = settings.Select(setting => setting.Name).ToArray() }, cancellationToken: cancellationToken)), lane.Session.Secrets);
        await lane.ExecuteAsync([.. Statements(settings)], cancellationToken);
        return new LoadSettings([.. Statements(settings.Zip(before, (setting, value) => (setting.Name, value)))]);
    }
}
