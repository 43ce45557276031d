namespace Migrations.Engine.Scripts;

/// <summary>What <see cref="NewScript.Plan"/> needs to know.</summary>
/// <param name="Title">For people; the file name is made from it.</param>
/// <param name="Template">Text with <c>{{title}}</c>, <c>{{author}}</c>, <c>{{version}}</c> and <c>{{date}}</c> in it.</param>
public sealed record NewScriptOptions(string Title, string Template)
{
    public string Author { get; init; } = Environment.UserName;

    /// <summary>Null: the project's setting, or as the newest script does.</summary>
    public ScriptNaming? Naming { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
