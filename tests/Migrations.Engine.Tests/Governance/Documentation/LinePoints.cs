using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Engine.Tests.Governance;

/// <summary>Points along a path of SVG, close enough to one another to meet every table that it runs through.</summary>
internal static class LinePoints
{
    public static IReadOnlyList<(double X, double Y)> Of(string path)
    {
        var points = new List<(double X, double Y)>();
        foreach (Match command in Regex.Matches(path, "([MHC])([^MHC]*)"))
        {
            var numbers = command.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            switch (command.Groups[1].Value)
            {
                case "M": points.Add((numbers[0], numbers[1])); break;
                case "H": Walk(points, points[^1], points[^1], (numbers[0], points[^1].Y), (numbers[0], points[^1].Y)); break;
                default: Walk(points, points[^1], (numbers[0], numbers[1]), (numbers[2], numbers[3]), (numbers[4], numbers[5])); break;
            }
        }

        return points;
    }

    private static void Walk(List<(double X, double Y)> points, (double X, double Y) a, (double X, double Y) b, (double X, double Y) c, (double X, double Y) d)
    {
        const int steps = 60;
        for (var i = 1; i <= steps; i++)
        {
            var t = (double)i / steps;
            points.Add((At(a.X, b.X, c.X, d.X, t), At(a.Y, b.Y, c.Y, d.Y, t)));
        }
    }

    private static double At(double a, double b, double c, double d, double t) => (1 - t) * (1 - t) * (1 - t) * a + 3 * (1 - t) * (1 - t) * t * b + 3 * (1 - t) * t * t * c + t * t * t * d;
}
