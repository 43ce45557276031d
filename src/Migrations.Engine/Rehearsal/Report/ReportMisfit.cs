namespace Migrations.Engine.Rehearsal;

/// <summary>Why a report says nothing about what is about to run.</summary>
/// <param name="Id">Stable: ReportMissing, ReportOfOtherText, ReportOfOtherMajor, ReportOfOtherSchema, ReportFailed.</param>
/// <param name="Script">The script's name; null: the report as a whole.</param>
public sealed record ReportMisfit(string Id, string? Script, string Reason, string Advice);
