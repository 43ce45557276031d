using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>The majors of PostgreSQL that the module supports.</summary>
public sealed class MajorVersionCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ArgumentCompletion.Of([("18", "PostgreSQL 18"), ("17", "PostgreSQL 17"), ("16", "PostgreSQL 16"), ("15", "PostgreSQL 15")], wordToComplete);
}
