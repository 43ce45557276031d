namespace Migrations.Engine.Scripts;

/// <summary>A value for <c>:name</c> in scripts. A secret one is masked wherever text leaves the engine, and never stored or hashed.</summary>
public sealed record ScriptVariable(string Name, string Value, bool IsSecret = false)
{
    public override string ToString() => IsSecret ? $"{Name} = ***" : $"{Name} = {Value}";
}
