// Where device registers are seen, for accesses that come again and again: a driver's loop need not walk the page
// tables and search the memory map each time. What is kept is dropped whenever any cached translation is.

using System.Runtime.CompilerServices;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Cpu;

/// <summary>The pages of device registers that were accessed lately.</summary>
internal sealed unsafe class DevicePages(Hart hart)
{
    private const int Count = 64;

    private readonly Entry[] entries = new Entry[Count];

    /// <summary>The block at an address, if the page was entered as readable (or writable) in the current view.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="store">Whether it is to be written.</param>
    /// <param name="offset">Byte offset in the block.</param>
    public MappedBlock? Find(uint address, bool store, out uint offset)
    {
        ref Entry entry = ref At(address);
        offset = entry.OffsetOfPage + (address & 0xFFF);
        return entry.Tables == hart.State->Tables && entry.Page == address >> FlatTables.PageShift
            && entry.Epoch == hart.Cache.Epoch && (store ? entry.Writable : entry.Readable)
            ? entry.Block
            : null;
    }

    /// <summary>Enters the page of an access that succeeded.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="store">Whether it was written.</param>
    /// <param name="physical">The physical address.</param>
    /// <param name="block">The block there.</param>
    public void Enter(uint address, bool store, uint physical, MappedBlock block)
    {
        hart.Cache.NoteDevice(address, hart.Translation.Leaf);
        ref Entry entry = ref At(address);
        bool same = entry.Tables == hart.State->Tables && entry.Page == address >> FlatTables.PageShift
            && entry.Epoch == hart.Cache.Epoch;
        entry = new Entry
        {
            Tables = hart.State->Tables,
            Page = address >> FlatTables.PageShift,
            Epoch = hart.Cache.Epoch,
            Readable = !store || (same && entry.Readable),
            Writable = store || (same && entry.Writable),
            OffsetOfPage = (physical & ~0xFFFu) - block.Base,
            Block = block,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry At(uint address) => ref entries[(address >> FlatTables.PageShift) % Count];

    private struct Entry
    {
        public byte* Tables;
        public uint Page;
        public uint Epoch;
        public bool Readable;
        public bool Writable;
        public uint OffsetOfPage;
        public MappedBlock? Block;
    }
}
