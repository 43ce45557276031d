using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ProjectScaffoldTests
{
    [Fact]
    public void A_new_project_loads_at_once_with_the_default_settings()
    {
        using var temp = new TempProject();
        var root = Path.Combine(temp.Root, "new");
        var planned = ProjectScaffold.Plan(root);
        var created = ProjectScaffold.Create(root, "../migrations.schema.json");

        Assert.Equal(planned, created);
        Assert.Equal([".gitattributes", "README.md", "hooks/.gitkeep", "migrations.json", "repeatable/.gitkeep", "versions/.gitkeep"],
            created.Select(f => Path.GetRelativePath(root, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
        var settings = ScriptProject.Load(root).Settings;
        Assert.Equal("../migrations.schema.json", settings.JsonSchema);
        Assert.Equal(ProjectSettings.Default.LockTimeout, settings.LockTimeout);
        Assert.Equal(ProjectSettings.Default.HistorySchema, settings.HistorySchema);
    }

    [Fact]
    public void What_is_there_stays_as_it_is()
    {
        using var temp = new TempProject().With("README.md", "mine").With("versions/001_a.sql", "select 1;").With("migrations.json", "{}");
        var created = ProjectScaffold.Create(temp.Root);

        Assert.Equal([".gitattributes", "hooks/.gitkeep", "repeatable/.gitkeep"], created.Select(f => Path.GetRelativePath(temp.Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(temp.Root, "README.md")));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(temp.Root, "migrations.json")));
        Assert.Empty(ProjectScaffold.Create(temp.Root));
    }
}
