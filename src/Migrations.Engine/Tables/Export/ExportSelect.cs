using System.Globalization;
using Migrations.Engine.Connection;

namespace Migrations.Engine.Tables;

/// <summary>The text of COPY for one source.</summary>
internal sealed class ExportSelect(ExportSource source, ExportRequest request)
{
    private const string Inner = "c";

    /// <summary>All of it in one stream.</summary>
    public string Whole => Copy(IsPlain ? $"{source.Relation!.Sql} ({Names})" : $"({Select(null, null)})", header: false);

    /// <summary>The header alone: LIMIT 0 is not even begun.</summary>
    public string Header => Copy($"({(source.Query is null || Rewrites ? Select(null, "false") : $"select * from (\n{source.Query}\n) as q limit 0")})", header: true);

    private bool Rewrites => request.FormulaSafe || source.Columns.Any(column => column.IsMoney);

    private bool IsPlain => source.IsAlone && !Rewrites && !source.Columns.Any(column => column.IsGenerated) && request.Where is null && request.OrderBy is null;

    private string Names => string.Join(", ", source.Columns.Select(column => Identifier.Quote(column.Name)));

    /// <summary>Some pages of one heap; <paramref name="until"/> is null for the rest, also what is written while we read.</summary>
    public string Pages(string heap, long from, long? until)
    {
        var range = (from, until) switch
        {
            (0, null) => null,
            (_, null) => string.Create(CultureInfo.InvariantCulture, $"ctid >= '({from},0)'::pg_catalog.tid"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ctid >= '({from},0)'::pg_catalog.tid and ctid < '({until},0)'::pg_catalog.tid"),
        };
        return Copy($"({Select($"only {heap}", range)})", header: false);
    }

    private string Select(string? from, string? condition)
    {
        if (source.Query is { } query && !Rewrites) return $"\n{query}\n";
        var columns = string.Join(", ", source.Columns.Select((column, i) =>
            Expression(column, Identifier.Quote(source.Query is null ? column.Name : $"{Inner}{i + 1}"))));
        if (source.Query is { } wrapped)
        {
            // By position: two columns of a query may share a name.
            var inner = string.Join(", ", source.Columns.Select((_, i) => Identifier.Quote($"{Inner}{i + 1}")));
            return $"select {columns} from (\n{wrapped}\n) as q ({inner}){(condition is null ? "" : $" where {condition}")}";
        }

        string?[] conditions = [condition, request.Where is null ? null : $"(\n{request.Where}\n)"];
        var where = string.Join(" and ", conditions.OfType<string>());
        return $"select {columns} from {from ?? source.Relation!.Sql}{(where.Length == 0 ? "" : $" where {where}")}{(request.OrderBy is null ? "" : $" order by {request.OrderBy}\n")}";
    }

    private string Expression(ExportColumn column, string name)
    {
        var title = Identifier.Quote(request.FormulaSafe ? FormulaGuard.Title(column.Name) : column.Name);
        // As text it would depend on lc_monetary, and have separators that no number of a CSV file has.
        if (column.IsMoney) return $"{name}::pg_catalog.numeric as {title}";
        if (request.FormulaSafe && column.MayHoldFormula) return $"{FormulaGuard.Cell(name)} as {title}";
        return source.Query is null && title == name ? name : $"{name} as {title}";
    }

    private string Copy(string what, bool header)
    {
        var dialect = request.Dialect;
        return $"copy {what} to stdout (format csv, header {(header ? "true" : "false")}, delimiter {Sign(dialect.Delimiter)}, quote {Sign(dialect.Quote)}, escape {Sign(dialect.Escape)}, "
            + $"null {Literal.Quote(dialect.NullText)}, encoding {Literal.Quote(ExportEncoding.ServerName(request.Encoding))})";
    }

    private static string Sign(char sign) => Literal.Quote(sign.ToString());
}
