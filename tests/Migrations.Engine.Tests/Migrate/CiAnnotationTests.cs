using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>Failures in the words of the build services.</summary>
public sealed class CiAnnotationTests
{
    private static readonly string s_checkout = Path.GetTempPath();

    private static readonly Dictionary<string, string> s_gitHub = new() { ["GITHUB_ACTIONS"] = "true", ["GITHUB_WORKSPACE"] = s_checkout };

    private static readonly Dictionary<string, string> s_azure = new() { ["TF_BUILD"] = "True", ["BUILD_SOURCESDIRECTORY"] = s_checkout };

    private static readonly EngineException s_placeless = new("WrongEnvironment", FailureKind.Refused, "100% wrong:\r\nreally", "Look, then run.");

    [Fact]
    public void Elsewhere_there_is_none() => Assert.Null(CiAnnotation.Detect(name => name == "GITHUB_ACTIONS" ? "false" : null));

    [Fact]
    public void GitHub_gets_a_workflow_command_with_its_characters_escaped() =>
        Assert.Equal("::error title=WrongEnvironment::100%25 wrong:%0D%0Areally%0ALook, then run.", On(s_gitHub).Of(s_placeless, null));

    [Fact]
    public void Azure_gets_a_logging_command_with_its_characters_escaped() =>
        Assert.Equal("##vso[task.logissue type=error;code=WrongEnvironment;]100%AZP25 wrong:%0D%0Areally%0ALook, then run.", On(s_azure).Of(s_placeless, null));

    [Fact]
    public void A_place_is_relative_to_the_checkout()
    {
        using var project = new TestProject();
        project.With("001_a,b.sql", "select 1;\n  rollback;");
        var failure = Assert.Throws<ScriptException>(() => _ = project.Load().Versioned[0].Up.Steps.Count + Segmented(project));
        var folder = Path.GetRelativePath(s_checkout, project.Root).Replace('\\', '/');

        Assert.StartsWith($"::error file={folder}/versions/001_a%2Cb.sql,line=2,col=3,title=RollbackInScript::", On(s_gitHub).Of(failure, project.Root), StringComparison.Ordinal);
        Assert.StartsWith($"##vso[task.logissue type=error;sourcepath={folder}/versions/001_a,b.sql;linenumber=2;columnnumber=3;code=RollbackInScript;]",
            On(s_azure).Of(failure, project.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_outside_the_checkout_keeps_its_full_path()
    {
        using var project = new TestProject();
        project.With("001_a.sql", "rollback;");
        var failure = Assert.Throws<ScriptException>(() => Segmented(project));
        var elsewhere = new Dictionary<string, string>(s_gitHub) { ["GITHUB_WORKSPACE"] = Path.Combine(s_checkout, "another", "place") };

        Assert.StartsWith($"::error file={project.Root.Replace('\\', '/').Replace(":", "%3A", StringComparison.Ordinal)}/versions/001_a.sql,line=1,",
            On(elsewhere).Of(failure, project.Root), StringComparison.Ordinal);
    }

    private static int Segmented(TestProject project)
    {
        var script = project.Load().Versioned[0];
        return Segmenter.Cut(script.Name, script.Up.Settings.Transaction, script.Up.Steps).Count;
    }

    private static CiAnnotation On(Dictionary<string, string> environment) => CiAnnotation.Detect(environment.GetValueOrDefault)!;
}
