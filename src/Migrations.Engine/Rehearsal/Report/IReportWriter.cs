namespace Migrations.Engine.Rehearsal;

/// <summary>Writes a report in the form that some reader asks for.</summary>
internal interface IReportWriter
{
    Task WriteAsync(RehearsalReport report, Stream destination, CancellationToken cancellationToken);
}
