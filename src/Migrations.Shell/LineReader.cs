using System.Management.Automation;
using System.Management.Automation.Host;

namespace Migrations.Shell;

/// <summary>
/// Reads one line that Ctrl+C can interrupt. <c>Console.ReadLine</c> cannot be: the pipeline thread would sit in it after the stop.
/// So another thread waits for the key; after a stop it is left behind, and the process ends.
/// </summary>
internal sealed class LineReader(Terminal terminal, CancellationToken stop)
{
    /// <summary>Hands each character to <paramref name="typed"/>; an Enter ends the line.</summary>
    /// <param name="echo">What the screen shows for a character.</param>
    public void Read(Action<char> typed, Func<bool> erased, Func<char, char> echo)
    {
        if (!terminal.CanAsk)
        {
            foreach (var character in Wait(() => Console.In.ReadLine()) ?? throw NobodyAnswers()) typed(character);
            terminal.Write(Environment.NewLine);
            return;
        }

        while (Wait(() => Console.ReadKey(intercept: true)) is var key and not { Key: ConsoleKey.Enter })
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                if (erased()) terminal.Write("\b \b");
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed(key.KeyChar);
                terminal.Write(echo(key.KeyChar).ToString());
            }
        }

        terminal.Write(Environment.NewLine);
    }

    private T Wait<T>(Func<T> read)
    {
        var reading = Task.Run(read, CancellationToken.None);
        try
        {
            reading.Wait(stop);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        return reading.Result;
    }

    private static HostException NobodyAnswers() => new(
        "A question was asked and there is nobody to answer it. Unattended: -Confirm:$false, and every mandatory parameter.",
        innerException: null, "HostCannotAsk", ErrorCategory.ResourceUnavailable);
}
