namespace Migrations.Probe;

/// <summary>What a probe did, for the test that started it.</summary>
public sealed class ProbeLog
{
    public int Made { get; set; }

    public bool Ended { get; set; }

    public bool Closed { get; set; }

    public bool ClosedAfterEnd { get; set; }
}
