using System.Text;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>A project folder of its own for one test.</summary>
internal sealed class TempProject : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("migrations-scripts-").FullName;

    /// <summary>Writes a file, by default with exactly these characters as UTF-8; no byte order mark is added.</summary>
    public TempProject With(string path, string text, Encoding? encoding = null) => With(path, (encoding ?? Encoding.UTF8).GetBytes(text));

    public TempProject With(string path, byte[] bytes)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        return this;
    }

    public TempProject WithFolder(string path)
    {
        Directory.CreateDirectory(Path.Combine(Root, path));
        return this;
    }

    public ScriptProject Load(params (string Name, string Value)[] variables) => Load("", variables);

    public ScriptProject Load(string folder, params (string Name, string Value)[] variables)
    {
        var declared = variables.Aggregate(ScriptVariables.None, (all, v) => all.With(v.Name, v.Value));
        return ScriptProject.Load(Path.Combine(Root, folder), new ProjectLoadOptions { Variables = declared });
    }

    /// <summary>The only versioned script of the project.</summary>
    public Script Single(params (string Name, string Value)[] variables) => Xunit.Assert.Single(Load(variables).Versioned);

    public ScriptException Fails() => Xunit.Assert.Throws<ScriptException>(() => Load());

    /// <summary>What reading all the steps says.</summary>
    public ScriptException StepsFail(params (string Name, string Value)[] variables)
    {
        var project = Load(variables);
        return Xunit.Assert.Throws<ScriptException>(() => project.Versioned.SelectMany(s => s.Sections).SelectMany(s => s.Steps).ToList());
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
