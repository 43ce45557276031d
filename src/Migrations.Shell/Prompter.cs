using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Migrations.Shell;

/// <summary>The questions of the engine: confirmations, missing parameters, credentials.</summary>
internal sealed class Prompter(Terminal terminal, CancellationToken stop)
{
    private readonly LineReader _lines = new(terminal, stop);

    public string ReadLine()
    {
        var text = new StringBuilder();
        _lines.Read(
            typed: character => text.Append(character),
            erased: () => text.Length > 0 && text.Length-- > 0,
            echo: character => character);
        return text.ToString();
    }

    public SecureString ReadSecret()
    {
        var secret = new SecureString();
        _lines.Read(
            typed: secret.AppendChar,
            erased: () =>
            {
                if (secret.Length == 0) return false;
                secret.RemoveAt(secret.Length - 1);
                return true;
            },
            echo: _ => '*');
        secret.MakeReadOnly();
        return secret;
    }

    public int Choice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Introduce(caption, message);
        var options = choices.Select(ChoiceOption.Of).ToArray();
        while (true)
        {
            var usual = defaultChoice >= 0 ? $" (default is \"{options[defaultChoice].Key}\")" : "";
            terminal.Write($"{string.Join("  ", options.AsEnumerable())}  [?] Help{usual}: ");
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            if (answer == "?") terminal.Write(string.Concat(choices.Select((c, i) => $"{options[i].Key} - {c.HelpMessage}\n")));
            var chosen = Array.FindIndex(options, option => option.Matches(answer));
            if (chosen >= 0) return chosen;
        }
    }

    public PSCredential Credential(string caption, string message, string userName)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            terminal.Write("User: ");
            userName = ReadLine();
        }

        terminal.Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadSecret());
    }

    /// <summary>Missing mandatory parameters; values stay strings, and binding converts them.</summary>
    public Dictionary<string, PSObject> Fields(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Introduce(caption, message);
        return descriptions.ToDictionary(field => field.Name, Ask);
    }

    private PSObject Ask(FieldDescription field)
    {
        if (field.ParameterTypeFullName == typeof(PSCredential).FullName) return PSObject.AsPSObject(Credential("", "", ""));
        terminal.Write($"{field.Name}: ");
        return PSObject.AsPSObject(field.ParameterTypeFullName == typeof(SecureString).FullName ? ReadSecret() : ReadLine());
    }

    private void Introduce(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption)) terminal.Write($"\n{caption}\n");
        if (!string.IsNullOrEmpty(message)) terminal.Write($"{message}\n");
    }
}
