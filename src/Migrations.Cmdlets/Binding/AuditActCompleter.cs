using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>The acts that are on record, each with what it is.</summary>
public sealed class AuditActCompleter : IArgumentCompleter
{
    private static readonly (string Act, string Meaning)[] s_acts =
    [
        ("EnvironmentStamped", "the database was named an environment"), ("Installed", "the history schema was made"), ("Redacted", "a person or a text was taken out of the record"),
        ("RunEnded", "a run ended"), ("RunRefused", "a run was refused before it began"), ("RunStarted", "a run began"), ("ScriptAccepted", "a changed file was accepted"),
        ("ScriptBaselined", "a script was taken over without being run"), ("ScriptFailed", "a script failed"), ("ScriptForgotten", "a failed attempt was forgotten"),
        ("ScriptInterrupted", "a script was cut off"), ("ScriptStarted", "a script began"), ("ScriptSucceeded", "a script succeeded"), ("SegmentsReplanned", "a script was cut in parts as it ran"),
        ("StepDecided", "somebody said what became of a statement"), ("TableExportFailed", "an export failed"), ("TableExported", "tables or a query were exported"),
        ("TableImportFailed", "an import failed"), ("TableImportGivenUp", "an import that was cut off was given up"), ("TableImported", "files were imported"), ("Upgraded", "the history schema got a newer layout"),
    ];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ArgumentCompletion.Of(s_acts.Select(act => (act.Act, act.Meaning)), wordToComplete);
}
