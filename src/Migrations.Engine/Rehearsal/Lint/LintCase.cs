using Migrations.Engine.Catalog;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>What is known of one script when its rules are asked. Without a rehearsal there is only the text.</summary>
public sealed record LintCase
{
    public required Script Script { get; init; }

    /// <summary>The up section as it will run: which statements commit together.</summary>
    public required IReadOnlyList<Segment> Segments { get; init; }

    /// <summary>The lock_timeout that the runner sets for scripts that say nothing of it.</summary>
    public required TimeSpan DefaultLockTimeout { get; init; }

    /// <summary>One for each statement that was rehearsed; empty when none was.</summary>
    public IReadOnlyList<StatementReport> Statements { get; init; } = [];

    /// <summary>The schema that the script found; null without a rehearsal.</summary>
    public CatalogSnapshot? Before { get; init; }

    /// <summary>The schema that it left; null without a rehearsal, or when it failed.</summary>
    public CatalogSnapshot? After { get; init; }

    /// <summary>Null when no target could be asked.</summary>
    public LiveCatalog? Live { get; init; }

    /// <summary>Of the target, or of the sandbox when there is no target; null when neither is known.</summary>
    public int? Major { get; init; }

    public bool IsRehearsed => Before is not null;

    private (LintCase Of, ScriptReading Reading)? _reading;

    /// <summary>Read once for all rules. A copy made with other facts is read anew.</summary>
    internal ScriptReading Reading
    {
        get
        {
            if (_reading is not { } known || !ReferenceEquals(known.Of, this)) _reading = known = (this, ScriptReading.Of(this));
            return known.Reading;
        }
    }
}
