using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class ProjectFolderTests
{
    [Fact]
    public void The_nearest_folder_upward_with_versions_is_the_project()
    {
        using var temp = new TempProject().WithFolder("db/versions").WithFolder("db/deep/er");
        Assert.Equal(Path.Combine(temp.Root, "db"), ProjectFolder.Locate(null, Path.Combine(temp.Root, "db", "deep", "er")).Root);
        Assert.Equal(Path.Combine(temp.Root, "db"), ProjectFolder.Locate(null, Path.Combine(temp.Root, "db", "versions")).Root);
    }

    [Theory]
    [InlineData("db", "db", false)]
    [InlineData("db/", "db", false)]
    [InlineData("db/versions", "db", false)]
    [InlineData("plain", "plain", true)]
    [InlineData("fresh", "fresh", false)]
    [InlineData("settled", "settled", true)]
    public void A_path_is_a_project_its_versions_or_a_plain_folder(string path, string root, bool isPlain)
    {
        using var temp = new TempProject()
            .WithFolder("db/versions").With("plain/001_a.sql", "select 1;").With("fresh/migrations.json", "{}")
            .With("settled/migrations.json", "{}").With("settled/001_a.sql", "select 1;");
        var folder = ProjectFolder.Locate(path, temp.Root);
        Assert.Equal(Path.Combine(temp.Root, root), folder.Root);
        Assert.Equal(isPlain, folder.IsPlain);
        Assert.Equal(isPlain ? folder.Root : Path.Combine(folder.Root, "versions"), folder.Versions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("missing")]
    [InlineData("file.sql")]
    public void What_is_no_project_gives_a_way_out(string? path)
    {
        using var temp = new TempProject().With("file.sql", "select 1;");
        var error = Assert.Throws<EngineException>(() => ProjectFolder.Locate(path, temp.Root));
        Assert.Equal(("ProjectNotFound", FailureKind.NotFound), (error.ErrorId, error.Kind));
        Assert.NotEmpty(error.Advice);
    }

    [Fact]
    public void A_plain_folder_without_scripts_is_no_project()
    {
        using var temp = new TempProject().With("sub/readme.md", "x");
        Assert.Equal("ProjectNotFound", Assert.Throws<EngineException>(() => temp.Load("sub")).ErrorId);
    }

    [Fact]
    public void A_plain_folder_has_its_settings_repeatables_and_hooks_too()
    {
        using var temp = new TempProject()
            .With("p/001_a.sql", "select 1;").With("p/migrations.json", """{ "historySchema": "mine" }""")
            .With("p/repeatable/v.sql", "select 2;").With("p/hooks/on-error.sql", "select 3;");
        var project = temp.Load("p");
        Assert.Equal("mine", project.Settings.HistorySchema);
        Assert.Single(project.Versioned);
        Assert.Single(project.Repeatable);
        Assert.Single(project.Hooks);
    }
}
