namespace Migrations.Engine.Scripts;

/// <summary>A part of a script's text, in UTF-16 units.</summary>
public readonly record struct TextSlice(int Start, int Length)
{
    public int End => Start + Length;
}
