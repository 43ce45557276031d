using Migrations.Engine.History;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>One thing that goes to the server while a script runs. The runner sends it, a plan file writes it: both read the same list.</summary>
internal abstract record Command
{
    /// <summary>A fixed statement of ours: begin, commit, reset.</summary>
    public sealed record Plain(string Sql) : Command;

    /// <summary>A statement of ours with values: a row of the history. Made when it is sent, because it may tell how often that was tried.</summary>
    public sealed record Own(Func<JournalStatement> Make) : Command
    {
        public Own(JournalStatement statement)
            : this(() => statement)
        {
        }

        public JournalStatement Statement => Make();
    }

    /// <summary>A question of ours about what a statement names: when the server refuses it, that is told with the statement's place.</summary>
    public sealed record Look(JournalStatement Statement, ScriptStep For) : Command;

    /// <summary>A statement of the script; one with rows goes through the COPY protocol.</summary>
    public sealed record Step(ScriptStep Statement) : Command;

    /// <summary>A statement of a check or verify section. What follows is not sent before the answer is there.</summary>
    public sealed record Question(ScriptStep Statement, bool IsCheck) : Command;

    /// <summary>The CSV files of the script's folder. What follows is not sent before they are loaded.</summary>
    public sealed record Load(IReadOnlyList<string> Files) : Command;

    /// <summary>Reads the views in the way of the statement behind it and drops them. What follows is not sent before they are read.</summary>
    public sealed record MoveAside(ViewsAside Views) : Command;

    /// <param name="After">The script's own statement that has made one of them; null: what the script left to us.</param>
    public sealed record MakeAgain(ViewsAside Views, ScriptStep? After) : Command;
}
