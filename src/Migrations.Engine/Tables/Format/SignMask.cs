using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Migrations.Engine.Tables;

/// <summary>64 bytes of text as bits: where a sign stands, and what stands inside of quotes.</summary>
internal static class SignMask
{
    public const int Width = 64;

    /// <summary>Bit i is set where byte i of the 64 from <paramref name="at"/> on is the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ref byte start, int at, byte sign)
    {
        var value = Vector256.Create(sign);
        var low = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at), value).ExtractMostSignificantBits();
        var high = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at + 32), value).ExtractMostSignificantBits();
        return low | ((ulong)high << 32);
    }

    /// <summary>Bit i is the parity of the bits 0 to i. Of quotes: set inside of them, because a quote inside quotes is doubled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Parity(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}
