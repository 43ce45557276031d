using System.Text.RegularExpressions;
using Xunit;

namespace Migrations.Engine.Tests;

/// <summary>Arrows between the engine's rooms point down only; the order is the one of the design.</summary>
public sealed partial class LayerTests
{
    private static readonly string[][] s_layers =
    [
        ["Connection"],
        ["Scripts", "Catalog", "Sandbox"],
        ["History"],
        ["Audit"],
        ["Online"],
        ["Migrate"],
        ["Rehearsal", "Partitions", "Privacy", "Tables", "Health"],
        ["Governance"],
    ];

    [Fact]
    public void No_room_uses_a_room_beside_or_above_it()
    {
        var broken = new List<string>();
        foreach (var file in EngineFiles())
        {
            var room = RoomOf(file);
            if (room is null) continue;
            foreach (Match use in RoomName().Matches(File.ReadAllText(file)))
            {
                var used = use.Groups[1].Value;
                if (used != room && LayerOf(used) >= LayerOf(room)) broken.Add($"{room} -> {used}: {Path.GetFileName(file)}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_folder_of_the_engine_is_a_room_of_the_design()
    {
        var folders = Directory.GetDirectories(EngineRoot).Select(Path.GetFileName).Where(f => f is not ("bin" or "obj"));
        Assert.All(folders, folder => Assert.Contains(s_layers, layer => layer.Contains(folder)));
    }

    [Fact]
    public void Each_file_declares_the_namespace_of_its_room()
    {
        var wrong = EngineFiles().Where(file =>
        {
            var room = RoomOf(file);
            var expected = room is null ? "namespace Migrations.Engine;" : $"namespace Migrations.Engine.{room};";
            return !File.ReadAllText(file).Contains(expected, StringComparison.Ordinal);
        });
        Assert.Empty(wrong.Select(Path.GetFileName));
    }

    [Fact]
    public void The_engine_knows_no_PowerShell_and_the_cmdlets_no_SQL_driver()
    {
        Assert.DoesNotContain(EngineFiles(), f => File.ReadAllText(f).Contains("System.Management.Automation", StringComparison.Ordinal));
        var cmdlets = Directory.GetFiles(Path.Combine(TestTree.Root, "src", "Migrations.Cmdlets"), "*.cs", SearchOption.AllDirectories);
        Assert.DoesNotContain(cmdlets.Where(NotBuilt), f => File.ReadAllText(f).Contains("using Npgsql", StringComparison.Ordinal));
    }

    private static string EngineRoot => Path.Combine(TestTree.Root, "src", "Migrations.Engine");

    private static IEnumerable<string> EngineFiles() =>
        Directory.GetFiles(EngineRoot, "*.cs", SearchOption.AllDirectories).Where(NotBuilt);

    private static bool NotBuilt(string file) =>
        !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin");

    private static string? RoomOf(string file)
    {
        var parts = Path.GetRelativePath(EngineRoot, file).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 ? null : parts[0];
    }

    private static int LayerOf(string room) => Array.FindIndex(s_layers, layer => layer.Contains(room));

    [GeneratedRegex(@"Migrations\.Engine\.(Connection|Scripts|Catalog|Sandbox|History|Audit|Online|Migrate|Rehearsal|Partitions|Privacy|Tables|Health|Governance)\b")]
    private static partial Regex RoomName();
}
