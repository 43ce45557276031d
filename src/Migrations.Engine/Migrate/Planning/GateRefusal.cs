namespace Migrations.Engine.Migrate;

/// <summary>Why a gate does not let a plan pass.</summary>
/// <param name="Script">The script's name, or null when it concerns the whole plan.</param>
/// <param name="Advice">The way out.</param>
public sealed record GateRefusal(string? Script, string Reason, string Advice)
{
    /// <summary>What was refused, stable: the id of a rule, or a name such as <c>ReportOfOtherText</c>; null when the gate names nothing.</summary>
    public string? Id { get; init; }

    /// <summary>Relative to the project, with forward slashes; null when no place in a file is to blame.</summary>
    public string? File { get; init; }

    /// <summary>From 1.</summary>
    public int? Line { get; init; }

    public override string ToString() =>
        $"{(Script is null ? "" : Script + ": ")}{(Id is null ? "" : $"[{Id}] ")}{(File is null ? "" : $"{File}{(Line is null ? "" : $":{Line}")}: ")}{Reason}";
}
