using Migrations.Engine.Connection;
using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>Conditions in a plan file: blocks that raise when they do not hold, so that psql stops there.</summary>
internal static class PsqlAssertion
{
    public static string Refuse(string condition, string message) =>
        Block($"begin if {condition} then raise exception '%', {Literal.Quote(message)}; end if; end");

    /// <summary>As the runner judges it: a query passes when a row comes and the first column is true in each; other statements when they do not fail.</summary>
    public static string Of(ScriptStep question, string message)
    {
        if (!question.MustBeTrue || question.Facts.Verb is not ("SELECT" or "WITH" or "VALUES" or "TABLE")) return question.Text.TrimEnd().EndsWith(';') ? question.Text : question.Text + "\n;";
        return Block($"""
            declare answer record; passed boolean := null;
            begin
                for answer in execute {Literal.Quote(question.Text)} loop
                    passed := coalesce(passed, true) and (select value = 'true' from json_each_text(row_to_json(answer)) limit 1) is true;
                end loop;
                if passed is not true then raise exception '%', {Literal.Quote(message)}; end if;
            end
            """);
    }

    /// <summary>The text may hold anything, a dollar quote too: the tag is one that it does not hold.</summary>
    private static string Block(string body)
    {
        var tag = "$migrations$";
        for (var n = 1; body.Contains(tag, StringComparison.Ordinal); n++) tag = $"$migrations_{n}$";
        return $"do {tag} {body} {tag};";
    }
}
