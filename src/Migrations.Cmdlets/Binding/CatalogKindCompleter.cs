using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>The kinds of objects that a schema is told in.</summary>
public sealed class CatalogKindCompleter : IArgumentCompleter
{
    private static readonly string[] s_kinds =
    [
        "access method", "aggregate", "cast", "check constraint", "collation", "column", "composite type", "conversion", "database", "default privileges", "domain", "enum",
        "event trigger", "exclusion constraint", "extension", "foreign key", "foreign server", "foreign table", "foreign-data wrapper", "function", "index", "language",
        "materialized view", "not null constraint", "operator", "operator class", "operator family", "partitioned table", "policy", "primary key", "procedure", "publication",
        "range", "rule", "schema", "sequence", "statistics", "subscription", "table", "text search configuration", "text search dictionary", "text search parser",
        "text search template", "transform", "trigger", "type", "unique constraint", "user mapping", "view",
    ];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ArgumentCompletion.Of(s_kinds.Select(kind => (kind, kind)), wordToComplete);
}
