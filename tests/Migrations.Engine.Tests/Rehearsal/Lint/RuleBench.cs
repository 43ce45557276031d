using Migrations.Engine.Rehearsal;
using Npgsql;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>Databases with <see cref="LockFacts.Schema"/>: one in which everything is undone, and a new one for what has to stay.</summary>
internal sealed class RuleBench
{
    private readonly Servers _servers;
    private readonly int _major;
    private readonly TestDatabase _template;
    private readonly TestDatabase _shared;
    private LintCase? _found;

    private RuleBench(Servers servers, int major, TestDatabase template, TestDatabase shared) => (_servers, _major, _template, _shared) = (servers, major, template, shared);

    public static async Task<RuleBench> CreateAsync(Servers servers, int major)
    {
        var template = await servers.DatabaseAsync(major);
        await Servers.ExecuteAsync(template, LockFacts.Schema);
        // A database that is copied has no connection, not even one that the driver keeps for later.
        NpgsqlConnection.ClearAllPools();
        return new RuleBench(servers, major, template, await servers.DatabaseAsync(major, template.Name));
    }

    public async Task<TestDatabase> DatabaseAsync(RuleCase given)
    {
        var database = await _servers.DatabaseAsync(_major, _template.Name);
        if (given.Setup.Length > 0) await Servers.ExecuteAsync(database, given.Setup);
        return database;
    }

    /// <summary>Runs a script for nothing: rolled back where that goes, else in a database of its own.</summary>
    public async Task<LintCase> TryAsync(RuleCase given, string script)
    {
        if (given.Setup.Length > 0 || !LintBench.RollsBack(script)) return await LintBench.RehearseAsync(await DatabaseAsync(given), script);
        var tried = await LintBench.RehearseAsync(_shared, script, undo: true, _found?.Before);
        _found ??= tried;
        return tried;
    }
}
