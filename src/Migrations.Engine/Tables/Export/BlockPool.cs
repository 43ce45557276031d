using System.Collections.Concurrent;

namespace Migrations.Engine.Tables;

/// <summary>Buffers that are used again: as many come to be as are on their way at once, and the channels bound that.</summary>
internal sealed class BlockPool
{
    private readonly ConcurrentBag<byte[]> _free = [];

    public byte[] Rent() => _free.TryTake(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(Block.Size);

    public void Return(Block block) => _free.Add(block.Buffer);
}
