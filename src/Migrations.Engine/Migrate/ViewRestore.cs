using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>A statement that makes a dropped view again, or gives it what it had.</summary>
/// <param name="MayFail">A later script of this run makes the view anew, so its old definition may not fit any more.</param>
internal sealed record ViewRestore(string View, string Sql, bool MayFail)
{
    /// <summary>As it is sent. What may fail does so in a block of its own.</summary>
    public string Text => MayFail
        ? $"do {Literal.Quote($"begin {Sql}; exception when others then raise notice '% is left to a later script: %', {Literal.Quote(View)}, sqlerrm; end")}"
        : Sql;
}
