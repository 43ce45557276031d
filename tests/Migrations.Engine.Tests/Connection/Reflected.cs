using System.Collections;
using System.Reflection;
using System.Text;

namespace Migrations.Engine.Tests.Connection;

/// <summary>All the text that a shell, a serializer or a log could get out of an object through its public members.</summary>
internal static class Reflected
{
    public static string TextOf(object? value)
    {
        var text = new StringBuilder();
        Visit(value, text, [], 0);
        return text.ToString();
    }

    private static void Visit(object? value, StringBuilder text, HashSet<object> seen, int depth)
    {
        if (value is null || depth > 6) return;
        text.AppendLine(value.ToString());
        var type = value.GetType();
        if (value is string || type.IsPrimitive || type.IsEnum || value is Type or Delegate or MemberInfo || !seen.Add(value)) return;
        if (value is IEnumerable items)
        {
            foreach (var item in items) Visit(item, text, seen, depth + 1);
        }

        if (type.Namespace is not { } space || !(space.StartsWith("Migrations", StringComparison.Ordinal) || value is Exception)) return;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
            Visit(property.GetValue(value), text, seen, depth + 1);
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance)) Visit(field.GetValue(value), text, seen, depth + 1);
    }
}
