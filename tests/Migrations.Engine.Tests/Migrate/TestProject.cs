using Migrations.Engine.Scripts;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>A project folder of a test; gone with it.</summary>
internal sealed class TestProject : IDisposable
{
    public TestProject()
    {
        Root = Directory.CreateTempSubdirectory("migrations-test-").FullName;
        Directory.CreateDirectory(Path.Combine(Root, "versions"));
    }

    public string Root { get; }

    public string FileOf(string name) => Path.Combine(Root, "versions", name);

    public TestProject With(string name, string text)
    {
        var file = name.Contains('/', StringComparison.Ordinal) ? Path.Combine(Root, name) : FileOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public ScriptProject Load(ProjectLoadOptions? options = null) => ScriptProject.Load(Root, options ?? new ProjectLoadOptions());

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
