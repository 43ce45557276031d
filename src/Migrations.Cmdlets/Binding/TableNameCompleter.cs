using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Engine.Tables;

namespace Migrations.Cmdlets.Binding;

/// <summary>Offers the tables and views of the database, as short as search_path allows.</summary>
public sealed class TableNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var found = LiveCompletion.Ask(commandAst, fakeBoundParameters, (_, database, stop) => new RelationList(database).ReadAsync(stop));
        return [.. ArgumentCompletion.Of(found.Select(relation => (relation.Name, $"{relation.Kind} {relation.FullName}")), wordToComplete)];
    }
}
