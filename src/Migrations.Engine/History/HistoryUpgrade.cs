using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>
/// Brings an older layout of the history schema to the newest: all of it or nothing, in one transaction. Rows stay as they are.
/// Tables are changed step by step, one step for each layout there was; functions hold nothing but who may call them, so all of them are made anew.
/// </summary>
internal sealed class HistoryUpgrade(HistorySchema schema, int from)
{
    private readonly string _s = schema.Quoted;

    /// <summary>What a person should know before saying yes.</summary>
    public string Notice =>
        $"The history schema {schema} has layout {from} and is upgraded to {HistorySchema.CurrentVersion} first. A module that knows only {from} refuses it from then on.";

    /// <summary>Between begin and commit.</summary>
    public IReadOnlyList<string> Statements =>
    [
        // Changing a table takes it from its readers; they queue behind the one that waits for it.
        "set local lock_timeout = '2s'",
        // What is made belongs to whom the rest belongs to, also when a superuser or a member of the owner's role does it.
        $"""
        select pg_catalog.set_config('role', o.rolname, true)
        from pg_catalog.pg_class c join pg_catalog.pg_roles o on o.oid = c.relowner
        where c.oid = {Literal.Quote(_s + ".versions")}::pg_catalog.regclass
        """,
        .. from < 2 ? ToTwo : [],
        .. from < 3 ? ToThree : [],
        .. from < 4 ? ToFour : [],
        .. from < 5 ? ToFive : [],
        // The triggers' function stays: it has never changed.
        HistoryFunctionGrants.Remember(_s, HistoryFunctions.Names),
        HistoryFunctions.Drop(_s, HistoryFunctions.Names),
        .. HistoryFunctions.Statements(_s),
        HistoryFunctionGrants.GiveBack(_s, HistoryFunctions.Names),
    ];

    public IEnumerable<NpgsqlBatchCommand> Commands =>
    [
        .. Statements.Select(statement => new NpgsqlBatchCommand(statement)),
        new Journal(schema).Upgraded(from, Actor.Current()).ToCommand(),
    ];

    /// <summary>A step outside a transaction can be decided to run again.</summary>
    private IReadOnlyList<string> ToTwo =>
    [
        $"""
        alter table {_s}.steps
            drop constraint steps_state_check,
            add constraint steps_state_check check (state in ('intent', 'done', 'redo'))
        """,
        HistoryLayout.StepsComment(_s),
    ];

    /// <summary>The intent of a statement outside a transaction says what stood there before; what costs a look-up for each row and guards nothing is gone.</summary>
    private IReadOnlyList<string> ToThree =>
    [
        $"alter table {_s}.steps add column found text",
        HistoryLayout.FoundComment(_s),
        $"alter table {_s}.events drop constraint events_run_id_fkey, drop constraint events_attempt_id_fkey",
        $"alter table {_s}.scripts drop constraint scripts_up_text_fkey, drop constraint scripts_down_text_fkey",
        $"drop index {_s}.scripts_run",
    ];

    /// <summary>Imports that commit in parts; another look-up for each script less.</summary>
    private IReadOnlyList<string> ToFour => [$"alter table {_s}.scripts drop constraint scripts_run_id_fkey", .. HistoryLayout.Imports(_s)];

    /// <summary>Events become a chain. Those that are there stay as they are; the event of the upgrade holds their digest.</summary>
    private IReadOnlyList<string> ToFive =>
    [
        .. HistoryChain.Columns.Select(column => $"alter table {_s}.{column.Table} add column {column.Column}"),
        .. HistoryChain.Statements(_s),
    ];
}
