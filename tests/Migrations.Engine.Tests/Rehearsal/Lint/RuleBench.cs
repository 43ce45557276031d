using Migrations.Engine.Catalog;
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
    private readonly Dictionary<(string Setup, string Script), LintCase> _tried = [];
    private CatalogSnapshot? _start;

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

    /// <summary>Runs a script for nothing: rolled back where that goes, else in a database of its own. One that has run so already does the same again, and is not asked to.</summary>
    public async Task<LintCase> TryAsync(RuleCase given, string script)
    {
        if (_tried.TryGetValue((given.Setup, script), out var tried)) return tried;
        var rollsBack = given.Setup.Length == 0 && LintBench.RollsBack(script);
        tried = rollsBack
            ? Started(given, await LintBench.RehearseAsync(_shared, script, undo: true, _start))
            : await RehearseAsync(given, await DatabaseAsync(given), script);
        return _tried[(given.Setup, script)] = tried;
    }

    /// <summary>Runs a script for good.</summary>
    /// <param name="before">The script that ran there before, if one did.</param>
    public async Task<LintCase> RehearseAsync(RuleCase given, TestDatabase database, string script, LintCase? before = null) => before is null
        ? Started(given, await LintBench.RehearseAsync(database, script, known: given.Setup.Length == 0 ? _start : null))
        : await LintBench.RehearseAsync(database, script, known: before.After);

    /// <summary>All databases begin as copies of one: its schema is read once.</summary>
    private LintCase Started(RuleCase given, LintCase tried)
    {
        if (given.Setup.Length == 0) _start ??= tried.Before;
        return tried;
    }
}
