using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the columns of the first table that the command names.</summary>
public sealed class ColumnNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var named = fakeBoundParameters["Table"] is object?[] several ? several.FirstOrDefault() : fakeBoundParameters["Table"];
        if (named?.ToString() is not { Length: > 0 } table) return [];
        var found = LiveCompletion.Ask(commandAst, fakeBoundParameters, (_, database, stop) => new RelationList(database).ReadColumnsAsync(table, stop));
        return [.. ArgumentCompletion.Of(found.Select(column => (column.Name, column.Type)), wordToComplete)];
    }
}
