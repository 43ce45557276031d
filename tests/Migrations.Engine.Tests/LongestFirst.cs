using Migrations.Engine.Tests;
using Migrations.Engine.Tests.Governance;
using Migrations.Engine.Tests.Migrate;
using Migrations.Engine.Tests.Rehearsal;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Migrations.Engine.Tests;

/// <summary>The classes that take minutes begin first: one that began last would go on alone, with a processor idle beside it.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_long =
        [typeof(CrashTests), typeof(RuleServerTests), typeof(RunningMigrationTests), typeof(LoneWatchTests), typeof(CheckpointTests), typeof(KilledStatementTests), typeof(PolicyReportTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(PlaceOf)];

    private static int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(s_long, type => collection.TestCollectionDisplayName.Contains($" {type.FullName} ", StringComparison.Ordinal));
        return place < 0 ? s_long.Length : place;
    }
}
