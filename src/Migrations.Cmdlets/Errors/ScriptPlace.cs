using System.Collections.Specialized;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Errors;

/// <summary>
/// The target of an error in a script. PowerShell's error view shows the line of a target that is a dictionary with File, Line and
/// LineText, instead of the line of the PowerShell script that called; the caret is part of LineText, so that it is shown too.
/// </summary>
internal static class ScriptPlace
{
    /// <summary>The view pads line numbers to this width.</summary>
    private const int NumberWidth = 4;

    public static OrderedDictionary Of(SourcePosition position, object? script) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Script"] = script,
        ["File"] = position.File,
        ["Line"] = position.Line,
        ["Column"] = position.Column,
        ["LineText"] = Marked(position),
    };

    /// <summary>The view trims what it shows, so the indentation goes here, from both lines alike.</summary>
    private static string Marked(SourcePosition position)
    {
        var number = $"{position.Line}";
        var lines = position.Excerpt.Split('\n').Select(line => line[(number.Length + " | ".Length)..]).ToList();
        var indentation = lines[0].Length - lines[0].TrimStart().Length;
        if (lines[0].Length == indentation || lines[1].Length <= indentation) return lines[0].Trim();
        return $"{lines[0].Trim()}\n{new string(' ', Math.Max(NumberWidth, number.Length))} | {lines[1][indentation..]}";
    }
}
