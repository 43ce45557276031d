using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>The majors of PostgreSQL that the module supports.</summary>
public sealed class MajorVersionCompleter : IArgumentCompleter
{
    private static readonly int[] s_majors = [18, 17, 16, 15];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ArgumentCompletion.Of(s_majors.Select(major => ($"{major}", $"PostgreSQL {major}")), wordToComplete);
}
