using System.Globalization;

namespace Migrations.Engine.Online;

/// <summary>A session that another one waits for, as pg_stat_activity shows it to our role.</summary>
public sealed record Blocker
{
    public required int Pid { get; init; }

    public string? Application { get; init; }

    public string? Role { get; init; }

    public string? Client { get; init; }

    /// <summary>active, idle in transaction and so on; null when our role may not see it.</summary>
    public string? State { get; init; }

    /// <summary>Age of its transaction, or of the session when it has none, in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>The beginning of its statement. It may hold data of others: shown, never stored.</summary>
    public string? Query { get; init; }

    /// <summary>Who it is, without what it says; fit for the history.</summary>
    public string Who
    {
        get
        {
            var parts = new List<string>();
            if (!string.IsNullOrEmpty(Application)) parts.Add(Application);
            if (Role is not null) parts.Add("role " + Role);
            if (Client is not null) parts.Add("from " + Client);
            if (State is not null) parts.Add(State);
            if (Seconds is { } seconds) parts.Add(string.Create(CultureInfo.InvariantCulture, $"for {seconds:0.#} s"));
            return $"pid {Pid}" + (parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})");
        }
    }

    public override string ToString() => string.IsNullOrWhiteSpace(Query) ? Who : $"{Who}: {Query}";
}
