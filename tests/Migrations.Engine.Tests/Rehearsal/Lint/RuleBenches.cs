using System.Collections.Concurrent;

namespace Migrations.Engine.Tests.Rehearsal;

/// <summary>One <see cref="RuleBench"/> of each major for all tests of a class: what one of them has rehearsed the others need not rehearse again.</summary>
public sealed class RuleBenches(Servers servers)
{
    private readonly ConcurrentDictionary<int, Lazy<Task<RuleBench>>> _benches = new();

    internal Task<RuleBench> OfAsync(int major) =>
        _benches.GetOrAdd(major, m => new Lazy<Task<RuleBench>>(() => RuleBench.CreateAsync(servers, m))).Value;
}
