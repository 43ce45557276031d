namespace Migrations.Module.Tests;

/// <summary>The packed module is found on PSModulePath and loads at the first use of a cmdlet.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task It_loads_by_itself_and_brings_its_help_and_its_dependencies()
    {
        using var folder = new TemporaryFolder(TemporaryFolder.ForModules);
        var packed = await ShellProcess.RunAsync("-NoModule", Path.Combine(TestTree.Root, "build.ps1"), "Package", "-NoBuild", "-Output", folder.Path);
        Assert.Equal("", packed.Errors);
        var target = Assert.Single(packed.Lines);
        Assert.Equal(Path.Combine(folder.Path, "Migrations"), Path.GetDirectoryName(target));

        var used = await ShellProcess.RunAsync("-NoModule", "-Command", $"""
            [Environment]::SetEnvironmentVariable('PSModulePath', '{folder.Path}')
            (Get-DbSandbox | Out-Null), (Get-Module Migrations).ModuleBase
            (Get-Help Connect-Db).Synopsis
            """);
        Assert.Equal("", used.Errors);
        Assert.Equal([target, HelpPage.Of("Connect-Db").Synopsis], used.Lines);
    }

    [Fact]
    public async Task It_holds_no_sources_and_no_stale_files()
    {
        using var folder = new TemporaryFolder(TemporaryFolder.ForModules);
        var packed = await ShellProcess.RunAsync("-NoModule", Path.Combine(TestTree.Root, "build.ps1"), "Package", "-NoBuild", "-Output", folder.Path);
        var files = Directory.GetFiles(packed.Lines[0], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(packed.Lines[0], file)).ToList();
        Assert.Contains("Migrations.psd1", files);
        Assert.Contains(Path.Combine("module", "bin", "deps", "Npgsql.dll"), files);
        Assert.Contains(Path.Combine("en-US", "Migrations.Cmdlets.dll-Help.xml"), files);
        Assert.DoesNotContain(files, file => file.EndsWith(".cs", StringComparison.Ordinal) || file.StartsWith(Path.Combine("module", "en-US"), StringComparison.Ordinal));
    }
}
