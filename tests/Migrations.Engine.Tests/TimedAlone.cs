using Xunit;

namespace Migrations.Engine.Tests;

/// <summary>Tests that hold a bound of time run after all others, one by one: beside them they would measure the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedAlone
{
    public const string Name = nameof(TimedAlone);
}
