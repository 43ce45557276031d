namespace Migrations.Engine.Governance;

/// <summary>One thing that a rule of the policy has to say.</summary>
public sealed record PolicyFinding
{
    /// <summary>Stable: <c>grant-to-public</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>As the policy has it for the environment.</summary>
    public PolicySeverity Severity { get; init; }

    public PolicyOutcome Outcome { get; init; }

    /// <summary>A name where one rule has several reasons, stable: <c>ReportOfOtherSchema</c>; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The script's name; null: the policy or the report as a whole.</summary>
    public string? Script { get; init; }

    /// <summary>Relative to the project, with forward slashes.</summary>
    public string? File { get; init; }

    /// <summary>From 1; null: the file as a whole.</summary>
    public int? Line { get; init; }

    public required string Message { get; init; }

    /// <summary>The way out.</summary>
    public required string Advice { get; init; }

    /// <summary>Who answers for letting it pass; null: nobody does.</summary>
    public string? WaivedBy { get; init; }

    public string? WaivedBecause { get; init; }

    /// <summary>The last day on which the waiver counts.</summary>
    public DateOnly? WaivedUntil { get; init; }

    public bool IsWaived => WaivedBy is not null;

    /// <summary>True when it stops a run.</summary>
    public bool Blocks => Severity == PolicySeverity.Error && !IsWaived;

    public override string ToString() => $"{Rule} ({Severity.ToString().ToLowerInvariant()}){(File is null ? "" : $" {File}{(Line is null ? "" : $":{Line}")}")}: {Message}";
}
