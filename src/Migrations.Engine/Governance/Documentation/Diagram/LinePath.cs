using System.Globalization;
using System.Text;
using static Migrations.Engine.Governance.DiagramMeasures;

namespace Migrations.Engine.Governance;

/// <summary>Writes a line with its ends as SVG says it. It turns only between two columns, where no table stands.</summary>
internal sealed class LinePath
{
    private readonly StringBuilder _line = new();
    private readonly StringBuilder _ends = new();

    /// <summary>Where it begins, at the right side of a table.</summary>
    public LinePath From(double x, double y)
    {
        Add(_line, $"M{x} {y}");
        return this;
    }

    /// <summary>Straight to the right.</summary>
    public LinePath Along(double x)
    {
        Add(_line, $"H{x}");
        return this;
    }

    /// <summary>Over the gap from one column to the next.</summary>
    public LinePath Across(double fromX, double fromY, double toX, double toY)
    {
        var (start, end) = (fromX + Stub, toX - Stub);
        if (fromY == toY) return Along(toX);
        var middle = (start + end) / 2;
        Add(_line, $"H{start}C{middle} {fromY} {middle} {toY} {end} {toY}H{toX}");
        return this;
    }

    /// <summary>From the right side of a table back to its right side.</summary>
    public LinePath Loop(double x, double fromY, double toY)
    {
        Add(_line, $"M{x} {fromY}H{x + Stub}C{x + Stub + 14} {fromY} {x + Stub + 14} {toY} {x + Stub} {toY}H{x}");
        return this;
    }

    /// <param name="toRight">Whether the table lies to the right of the line.</param>
    public LinePath Many(double x, double y, bool toRight)
    {
        var tip = toRight ? x - 11 : x + 11;
        Add(_ends, $"M{tip} {y}L{x} {y - 6}M{tip} {y}L{x} {y + 6}");
        return this;
    }

    public LinePath One(double x, double y, bool toRight)
    {
        var bar = toRight ? x - 7 : x + 7;
        Add(_ends, $"M{bar} {y - 6}V{y + 6}");
        return this;
    }

    public PlacedLine Of(DocumentedForeignKey relation) => new(relation, _line.ToString(), _ends.ToString());

    private static void Add(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
