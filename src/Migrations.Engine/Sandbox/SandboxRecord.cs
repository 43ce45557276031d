using System.Text.Json;
using System.Text.Json.Serialization;

namespace Migrations.Engine.Sandbox;

/// <summary>What a sandbox's folder says about it, for other processes (<c>sandbox.json</c>). Never a secret.</summary>
internal sealed partial record SandboxRecord(
    string Name,
    string Version,
    int Major,
    int Port,
    string BinaryPath,
    int OwnerProcessId,
    DateTimeOffset StartedAt)
{
    public const string FileName = "sandbox.json";

    /// <summary>One line: the guard reads it with one <c>read</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.Default.SandboxRecord);

    /// <summary>Null when the folder holds no complete record (it is just being made, or just being removed).</summary>
    public static SandboxRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(folder, FileName)), Json.Default.SandboxRecord);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public SandboxInfo ToInfo(string folder) =>
        new(Name, Version, Major, Port, folder, BinaryPath, OwnerProcessId, StartedAt, OwnerProcessId == Environment.ProcessId);

    [JsonSerializable(typeof(SandboxRecord))]
    private sealed partial class Json : JsonSerializerContext;
}
