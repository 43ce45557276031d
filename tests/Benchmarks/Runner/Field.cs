using Benchmarks.Runner.Contenders;

namespace Benchmarks.Runner;

/// <summary>Who takes part: ours, psql, and the peers that are installed; the absent ones are remembered by name.</summary>
internal sealed class Field
{
    private readonly Dictionary<string, string> _versions = [];

    /// <summary>The first one is what the bounds are about.</summary>
    public IReadOnlyList<IContender> Ours { get; private set; } = [new MigrationsContender(), new ShellContender(), new BareLoopContender()];

    public IReadOnlyList<IContender> Theirs { get; private set; } =
    [
        new PsqlContender(), new DbmateContender(), new AlembicContender(), new SqitchContender(),
        new DbUpContender(), new EvolveContender(), new GrateContender(),
    ];

    public IReadOnlyList<string> Absent { get; private set; } = [];

    public string Describe(IContender contender) => _versions.TryGetValue(contender.Name, out var version) ? $"{contender.Name} {version}" : contender.Name;

    public static async Task<Field> GatherAsync(RunnerOptions options, CancellationToken ct)
    {
        var field = new Field();
        var wanted = field.Theirs.Where(contender => options.Compares(contender.Name)).ToList();
        foreach (var contender in field.Ours.Concat(wanted))
        {
            if (await contender.FindVersionAsync(ct) is { } version)
                field._versions[contender.Name] = version;
        }
        field.Absent = [.. field.Ours.Concat(wanted).Select(contender => contender.Name).Where(name => !field._versions.ContainsKey(name))];
        field.Ours = [.. field.Ours.Where(contender => field._versions.ContainsKey(contender.Name))];
        field.Theirs = [.. wanted.Where(contender => field._versions.ContainsKey(contender.Name))];
        return field;
    }
}
