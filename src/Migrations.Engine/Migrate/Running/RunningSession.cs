namespace Migrations.Engine.Migrate;

/// <summary>The session that holds the run lock, as pg_stat_activity shows it to our role.</summary>
internal sealed record RunningSession
{
    public required int Pid { get; init; }

    public string? Application { get; init; }

    public string? Role { get; init; }

    public string? Client { get; init; }

    /// <summary>False when our role sees nothing of it but its pid, role and application name.</summary>
    public required bool IsVisible { get; init; }

    public string? State { get; init; }

    public string? Wait { get; init; }

    public string? Query { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? Since { get; init; }

    public double? QuerySeconds { get; init; }

    public string Who => $"{(string.IsNullOrEmpty(Application) ? "a session" : Application)} as {Role}{(Client is null ? "" : $" from {Client}")}";
}
