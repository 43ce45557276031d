using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Rehearsal;

/// <summary>Why a script failed in its rehearsal.</summary>
/// <param name="Line">From 1; null when no place in a file is to blame.</param>
public sealed record ReportError(string ErrorId, string Message, string Advice, string? SqlState, string? Path, int? Line, int? Column)
{
    internal static ReportError Of(EngineException failure)
    {
        var place = failure switch
        {
            MigrationFailedException failed => failed.SourcePosition,
            ScriptException script => script.Position,
            _ => null,
        };
        return new ReportError(failure.ErrorId, failure.Message, failure.Advice, failure.SqlState, place?.File, place?.Line, place?.Column);
    }
}
