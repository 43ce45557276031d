using System.Text.RegularExpressions;
using Dapper;
using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;
using Npgsql;

namespace Migrations.Engine.Migrate;

/// <summary>
/// Locks the views in the way of a statement and reads what they are, in the transaction that drops them: from the reading to the drop nobody can
/// change them, and whoever tries waits and is told.
/// </summary>
/// <param name="later">The scripts of the run behind this one.</param>
internal sealed partial class DependentViewsReader(Session session, PlannedScript script, IReadOnlyList<PlannedScript> later)
{
    /// <exception cref="EngineException">DependentViewNotKept: something of a view, or something that depends on it, would be lost.</exception>
    /// <exception cref="StatementFailedException">The server refused; 40001 and 55P03 when somebody else is at a view.</exception>
    public async Task<DependentViews> ReadAsync(ViewConflict conflict, CancellationToken cancellationToken)
    {
        try
        {
            return await LockAndReadAsync(conflict, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw NotKept($"this role may not drop it and make it again: {refused.MessageText}", null, FailureKind.Permission);
        }
        catch (PostgresException refused)
        {
            throw new StatementFailedException(refused, -1, null, null);
        }
    }

    private async Task<DependentViews> LockAndReadAsync(ViewConflict conflict, CancellationToken cancellationToken)
    {
        var steps = script.Steps.Where(step => step.Number >= conflict.Step.Number).ToList();
        await ExecuteAsync("savepoint migrations_names", cancellationToken);
        var targets = (await ViewNames.ResolveAsync(session, [conflict.Step], onlyQualified: false, cancellationToken)).Select(found => found.Key).ToList();
        var own = await ViewNames.ResolveAsync(session, steps, onlyQualified: false, cancellationToken);
        var ofOthers = new List<ILookup<long, ScriptStep>>();
        foreach (var other in later)
        {
            await ExecuteAsync("rollback to savepoint migrations_names", cancellationToken);
            ofOthers.Add(await ViewNames.ResolveLaterAsync(session, other, script, cancellationToken));
        }

        await ExecuteAsync("rollback to savepoint migrations_names; release savepoint migrations_names", cancellationToken);
        if (targets.Count == 0) return DependentViews.None;

        var oids = string.Join(", ", targets);
        var before = await session.Connection.QuerySingleAsync<ReadingSettings>(new CommandDefinition(ReadingSettings.Sql, cancellationToken: cancellationToken));
        if (before.Isolation != "read committed") throw NotKept($"in a transaction that is {before.Isolation} it cannot be seen as it is now", null, FailureKind.Refused);
        await ExecuteAsync(ReadingSettings.Neutral, cancellationToken);
        await ExecuteAsync(ViewClosure.Lock(oids), cancellationToken);
        var edges = (await session.Connection.QueryAsync<ViewEdge>(new CommandDefinition(ViewClosure.Edges(oids), cancellationToken: cancellationToken))).AsList();
        var lines = (await session.Connection.QueryAsync<ViewLine>(new CommandDefinition(ViewProperties.Sql(oids), cancellationToken: cancellationToken))).ToLookup(line => line.Oid);
        await session.Connection.ExecuteAsync(new CommandDefinition(ReadingSettings.Back, before, cancellationToken: cancellationToken));

        // What the statement itself drops may only be gone before when it says IF EXISTS.
        var stays = conflict.DropsItself ? [] : targets.Where(oid => !IfExists().IsMatch(conflict.Step.Text) || !edges.Exists(edge => edge.View == oid)).ToHashSet();
        return Arrange([.. InOrder(edges, lines).Where(oid => !stays.Contains(oid))], lines, own, ofOthers);
    }

    private DependentViews Arrange(List<long> views, ILookup<long, ViewLine> lines, ILookup<long, ScriptStep> own, List<ILookup<long, ScriptStep>> ofOthers)
    {
        if (views.SelectMany(oid => lines[oid]).FirstOrDefault(line => line.Part == ViewPart.Refusal) is { } refusal)
            throw NotKept(refusal.Statement, refusal.View, FailureKind.Refused);

        var restores = new List<ViewRestore>();
        var refills = new List<ViewRestore>();
        var kept = new List<(ScriptStep Step, ViewRestore Restore)>();
        foreach (var oid in views)
        {
            var ofView = lines[oid].ToList();
            // What the script drops by its own words is the script's alone.
            var dropped = own[oid].Where(step => step.Facts.DropsView).ToList();
            if (dropped.Find(step => !IfExists().IsMatch(step.Text)) is { } drop)
                throw NotKept($"line {drop.Position.Line} drops it too, and does not say IF EXISTS", ofView[0].View, FailureKind.Refused);
            if (dropped.Count > 0) continue;
            if (own[oid].FirstOrDefault(step => step.Facts.MakesView) is { } maker)
            {
                kept.AddRange(ofView.SelectMany(Kept).Select(restore => (maker, restore)));
                restores.Add(ViewRestore.IsThere(ofView[0].View));
                continue;
            }

            var makers = ofOthers.Select(other => other[oid].ToList()).Where(steps => steps.Exists(step => step.Facts.MakesView)).ToList();
            var rows = ofView.Where(line => line.Part == ViewPart.Rows);
            var rest = ofView.Where(line => line.Part != ViewPart.Rows);
            if (makers.Count > 0 && MayBeLeft(makers[0], ofView))
            {
                restores.Add(ViewRestore.Optional(ofView[0].View, rest.Select(line => line.Statement)));
                refills.AddRange(rows.Select(line => ViewRestore.Optional(line.View, [line.Statement])));
                continue;
            }

            restores.AddRange(rest.Select(line => new ViewRestore(line.View, line.Statement, MadeLater: makers.Count > 0)));
            refills.AddRange(rows.Select(line => new ViewRestore(line.View, line.Statement, MadeLater: makers.Count > 0)));
        }

        var drops = Enumerable.Reverse(views).Select(oid => lines[oid].First()).Select(line => new ViewRestore(line.View, $"drop {line.Kind} {line.View}", IsDrop: true));
        return new DependentViews([.. drops], restores, refills, kept.ToLookup(pair => pair.Step, pair => pair.Restore));
    }

    private static IEnumerable<ViewRestore> Kept(ViewLine line) => line.Part switch
    {
        ViewPart.Definition or ViewPart.Rows => [],
        _ when line.Column is { } column => [ViewRestore.OfColumn(line.View, column, line.Statement)],
        _ => [new ViewRestore(line.View, line.Statement)],
    };

    /// <summary>Nothing is lost: it has only what a new one would have, or the later script drops it by its own words.</summary>
    private static bool MayBeLeft(IEnumerable<ScriptStep> statements, List<ViewLine> lines)
    {
        var drops = statements.Where(step => step.Facts.DropsView).ToList();
        // DROP without IF EXISTS would fail where there is none.
        return drops.All(step => IfExists().IsMatch(step.Text)) && (drops.Count > 0 || lines.TrueForAll(line => line.IsPlain));
    }

    /// <summary>Each behind those it depends on.</summary>
    private List<long> InOrder(List<ViewEdge> edges, ILookup<long, ViewLine> lines)
    {
        var left = lines.OrderBy(line => line.First().View, StringComparer.Ordinal).Select(line => line.Key).ToList();
        var ordered = new List<long>();
        while (left.Count > 0)
        {
            var next = left.Find(oid => !edges.Exists(edge => edge.View == oid && left.Contains(edge.DependsOn)));
            if (next == 0) throw NotKept("it and others depend on one another in a circle", lines[left[0]].First().View, FailureKind.Refused);
            left.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var part in sql.StartsWith("do ", StringComparison.Ordinal) ? [sql] : sql.Split("; ")) batch.BatchCommands.Add(new NpgsqlBatchCommand(part));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private EngineException NotKept(string why, string? view, FailureKind kind) => new("DependentViewNotKept", kind,
        $"{script.Name}: {(view is null ? "a view" : $"the view {view}")} is in the way of what it changes and would have to be dropped and made again, but {session.Secrets.Apply(why)}. Nothing was changed by {script.Name}.",
        "Drop and make it again in the script itself, by hand, or take away what stands in the way first.", view ?? script.Name);

    [GeneratedRegex(@"\bif\s+exists\b", RegexOptions.IgnoreCase)]
    private static partial Regex IfExists();
}
