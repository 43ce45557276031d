namespace Migrations.Module.Tests.Hosting;

/// <summary>A project folder of a test, and gone with it.</summary>
internal sealed class TemporaryProject : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TemporaryProject() => Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, "versions"));

    public string Path => _folder.Path;

    public TemporaryProject With(string name, string sql)
    {
        _folder.Write(System.IO.Path.Combine("versions", name), sql);
        return this;
    }

    public void Dispose() => _folder.Dispose();
}
