using System.Collections.Concurrent;

namespace Migrations.Engine.Tables;

/// <summary>The buffers of one import. What is larger than usual, for one long record, is left to the collector.</summary>
internal sealed class ChunkPool(int size)
{
    private readonly ConcurrentBag<byte[]> _free = [];

    public int Size => size;

    public byte[] Rent() => _free.TryTake(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(size);

    public void Return(byte[] buffer)
    {
        if (buffer.Length == size) _free.Add(buffer);
    }
}
