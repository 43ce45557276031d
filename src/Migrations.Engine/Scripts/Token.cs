namespace Migrations.Engine.Scripts;

/// <summary>A piece of a script. Offsets count UTF-16 units of the whole text; the tokens of a script cover it without a gap.</summary>
public readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>False for white space and comments, which mean nothing to the server.</summary>
    public bool IsCode => Kind > TokenKind.BlockComment;
}
