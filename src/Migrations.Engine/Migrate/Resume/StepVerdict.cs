namespace Migrations.Engine.Migrate;

/// <summary>What to do with a statement outside a transaction, now that the catalog was asked.</summary>
/// <param name="IsDone">It took effect, or does once the preparation has run: it is not sent.</param>
/// <param name="Preparation">Statements to run before it, each outside a transaction: they clear away or finish what was left behind.</param>
/// <param name="Why">For a person; null when there is nothing to tell.</param>
internal sealed record StepVerdict(bool IsDone, IReadOnlyList<string> Preparation, string? Why)
{
    public static StepVerdict Run { get; } = new(false, [], null);

    public static StepVerdict Done(string why) => new(true, [], why);

    public static StepVerdict After(IReadOnlyList<string> preparation, string why) => new(false, preparation, why);

    public static StepVerdict Finish(string statement, string why) => new(true, [statement], why);
}
