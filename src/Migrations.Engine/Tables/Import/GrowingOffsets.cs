namespace Migrations.Engine.Tables;

/// <summary>Offsets that only grow, in a byte or two each: there may be millions.</summary>
internal sealed class GrowingOffsets
{
    private readonly MemoryStream _steps = new(0);
    private int _last;

    public int Count { get; private set; }

    public void Add(int offset)
    {
        if (Count > 0 && offset <= _last) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Not behind {_last}.");
        for (var step = (uint)(offset - _last); ; step >>= 7)
        {
            _steps.WriteByte((byte)(step > 0x7F ? step & 0x7F | 0x80 : step));
            if (step <= 0x7F) break;
        }

        _last = offset;
        Count++;
    }

    public HashSet<int> ToHashSet()
    {
        var offsets = new HashSet<int>(Count);
        var (offset, step, shift) = (0, 0u, 0);
        foreach (var part in _steps.GetBuffer().AsSpan(0, (int)_steps.Length))
        {
            step |= (uint)(part & 0x7F) << shift;
            shift += 7;
            if (part > 0x7F) continue;
            offsets.Add(offset += (int)step);
            (step, shift) = (0, 0);
        }

        return offsets;
    }
}
