namespace Migrations.Cmdlets.Pipeline;

/// <summary>Something that only the pipeline thread may do, and what to do instead when nobody wants it any more.</summary>
internal readonly record struct PipelineCall(Action Run, Action? Drop = null);
