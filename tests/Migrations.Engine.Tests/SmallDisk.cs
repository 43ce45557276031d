using System.ComponentModel;
using System.Diagnostics;
using Migrations.Engine.Sandbox;
using Xunit;

namespace Migrations.Engine.Tests;

/// <summary>A file system of few megabytes; only root can have one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>One that belongs to the server's user.</summary>
    public static SmallDisk Of(SandboxServer server, int megabytes = 12)
    {
        var disk = At(System.IO.Path.Combine(server.Folder, "small"), megabytes);
        Assert.True(Runs("chown", "--reference=" + System.IO.Path.Combine(server.Folder, "data"), disk.Path));
        return disk;
    }

    /// <summary>Skips the test where none can be mounted.</summary>
    public static SmallDisk At(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        if (!Runs("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path)) Assert.Skip("A small file system cannot be mounted here.");
        return new SmallDisk(path);
    }

    public void Dispose() => Runs("umount", "--lazy", Path);

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
