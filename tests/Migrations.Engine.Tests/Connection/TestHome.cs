using Migrations.Engine.Connection;

namespace Migrations.Engine.Tests.Connection;

/// <summary>A home folder and an environment of a test's own, so that neither this machine's nor another test's count.</summary>
internal sealed class TestHome : IDisposable
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public string Folder { get; } = Directory.CreateTempSubdirectory("connection-").FullName;

    public ConnectionSources Sources => new()
    {
        Variable = _variables.GetValueOrDefault,
        UserName = "osuser",
        HomeFolder = Folder,
        CertificateFolder = Path.Combine(Folder, ".postgresql"),
        SystemFolders = [Path.Combine(Folder, "etc")],
        SocketFolders = [Path.Combine(Folder, "run")],
    };

    public TestHome With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    /// <summary>Writes a file that only its owner can use, as libpq wants its secrets.</summary>
    public string Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        return path;
    }

    public ConnectionOptions Parse(string? text) => ConnectionOptions.Parse(text, Sources);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
