using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Binding;

/// <summary>Turns -Variable @{ name = value } into the variables of a run.</summary>
internal static class VariableTable
{
    public static ScriptVariables Read(Hashtable? table)
    {
        var variables = ScriptVariables.None;
        foreach (DictionaryEntry entry in table ?? [])
        {
            var value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            var name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            variables = value switch
            {
                PSCredential credential => variables.With(name, credential.GetNetworkCredential().Password, isSecret: true),
                SecureString secret => variables.With(name, new NetworkCredential("", secret).Password, isSecret: true),
                _ => variables.With(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
            };
        }

        return variables;
    }
}
