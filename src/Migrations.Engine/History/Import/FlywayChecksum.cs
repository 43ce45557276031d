namespace Migrations.Engine.History;

/// <summary>
/// Flyway's checksum of an SQL file: CRC-32 over its lines without their ends, the byte order mark dropped, as a signed number.
/// Joined lines go unnoticed, as they do there.
/// </summary>
internal static class FlywayChecksum
{
    private static readonly uint[] s_table = Table();

    public static int Of(ReadOnlySpan<byte> file)
    {
        if (file is [0xEF, 0xBB, 0xBF, ..]) file = file[3..];
        var crc = uint.MaxValue;
        foreach (var value in file)
        {
            if (value is not ((byte)'\r' or (byte)'\n')) crc = (crc >> 8) ^ s_table[(crc ^ value) & 0xFF];
        }

        return (int)~crc;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (var n = 0u; n < table.Length; n++)
        {
            var value = n;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[n] = value;
        }

        return table;
    }
}
