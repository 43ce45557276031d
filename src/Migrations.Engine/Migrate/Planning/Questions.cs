using Migrations.Engine.Scripts;

namespace Migrations.Engine.Migrate;

/// <summary>The statements of a check or verify section. They ask inside the script's transaction, and so they may not end it.</summary>
internal static class Questions
{
    public static IReadOnlyList<ScriptStep> Of(ScriptSection? section)
    {
        if (section is null) return [];
        foreach (var step in section.Steps)
        {
            var why = step.Facts switch
            {
                { Control: not TransactionControl.None } => $"{step.Facts.Verb} would end or divide the transaction of the script",
                { RefusesTransaction: true } => $"{step.Facts.Verb} refuses a transaction",
                _ when step.Data is not null => "COPY brings rows and asks nothing",
                _ => null,
            };
            if (why is null) continue;
            throw new ScriptException("QuestionInvalid", FailureKind.Refused, $"A {section.Kind.ToString().ToLowerInvariant()} section only asks: {why}.",
                "Write a query that returns true, or a DO block that raises an error.", step.Position);
        }

        return section.Steps;
    }
}
