namespace Migrations.Engine.Tables;

/// <summary>A filled buffer on its way from the server to the file.</summary>
internal readonly record struct Block(byte[] Buffer, int Length)
{
    public const int Size = 256 * 1024;

    public ReadOnlySpan<byte> Text => Buffer.AsSpan(0, Length);
}
