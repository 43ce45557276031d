using System.Collections.Concurrent;
using Migrations.Engine.Catalog;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tests.Catalog;

/// <summary>A database on each major that holds at least one object of every kind, made once for a class of tests, which leave it as it was.</summary>
public sealed class RichSchema(Servers servers)
{
    private readonly ConcurrentDictionary<int, Lazy<Task<TestDatabase>>> _databases = new();

    public static string Sql { get; } = File.ReadAllText(Path.Combine(TestTree.Root, "tests", "Migrations.Engine.Tests", "Catalog", "rich.sql"));

    public Task<TestDatabase> DatabaseAsync(int major) => _databases.GetOrAdd(major, m => new Lazy<Task<TestDatabase>>(async () =>
    {
        var database = await servers.DatabaseAsync(m);
        await Servers.ExecuteAsync(database, Sql);
        return database;
    })).Value;

    public static async Task<CatalogSnapshot> SnapshotAsync(TestDatabase from, CatalogSelection? selection = null)
    {
        await using var database = new Database(from, new SilentActivity());
        await using var session = await database.OpenAsync(Xunit.TestContext.Current.CancellationToken);
        return await new CatalogReader(selection ?? CatalogSelection.Everything).ReadAsync(session, Xunit.TestContext.Current.CancellationToken);
    }
}
