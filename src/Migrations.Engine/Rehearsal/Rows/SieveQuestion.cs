using Migrations.Engine.Connection;

namespace Migrations.Engine.Rehearsal;

/// <summary>Which of these values is one of the type, and lets no check be false?</summary>
/// <param name="Name">What the checks call the value.</param>
internal sealed record SieveQuestion(ValuePool Pool, string Type, string Name, IReadOnlyCollection<string> Checks)
{
    public string[] Values => [.. Pool.Common.Concat(Pool.Bounds)];

    public string Sql
    {
        get
        {
            var name = Identifier.Quote(Name);
            return $"""
                select v."~v" from (select u.t as "~v", u.t::{Type} as {name} from pg_catalog.unnest($1::pg_catalog.text[]) as u(t) offset 0) as v
                where v.{name} is not null{string.Concat(Checks.Select(check => $" and ({check}) is not false"))}
                """;
        }
    }
}
