using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.Cmdlets.Binding;

/// <summary>The encodings of files that people meet; the server knows more.</summary>
public sealed class EncodingCompleter : IArgumentCompleter
{
    private static readonly string[] s_names = ["UTF8", "UTF8BOM", "LATIN1", "LATIN2", "LATIN9", "WIN1250", "WIN1251", "WIN1252", "SJIS", "EUC_JP", "BIG5", "GBK", "GB18030", "UHC", "KOI8R"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ArgumentCompletion.Of(s_names.Select(name => (name, name)), wordToComplete);
}
