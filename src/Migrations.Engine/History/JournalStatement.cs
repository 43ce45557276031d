using System.Globalization;
using System.Text.RegularExpressions;
using Migrations.Engine.Connection;
using Npgsql;

namespace Migrations.Engine.History;

/// <summary>
/// A statement of ours with its values. It is sent with parameters, and written with literals when a plan goes to a file:
/// both come from the same text, so the file a DBA runs by hand writes the very rows the runner writes.
/// The text casts every placeholder (<c>$1::uuid</c>): a literal then has the type the parameter had.
/// </summary>
internal sealed partial record JournalStatement(string Sql, params object?[] Values)
{
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(Sql);
        foreach (var value in Values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    public string ToLiteralSql() =>
        Placeholder().Replace(Sql, match => Render(Values[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1]));

    private static string Render(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        // In quotes: -1::int8 is the negative of a cast, and the lowest number has no positive.
        int or long => Literal.Quote(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)),
        Guid id => Literal.Quote(id.ToString()),
        string text => Literal.Quote(text),
        string?[] texts => $"array[{string.Join(", ", texts.Select(Render))}]",
        _ => throw new InvalidOperationException($"A {value.GetType().Name} has no literal form here."),
    };

    [GeneratedRegex(@"\$(\d+)(?=::)")]
    private static partial Regex Placeholder();
}
