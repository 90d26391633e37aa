// Passes on what happens to watched memory: to the engine's code and to the cached translations.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu;

/// <summary>Code that an engine has made ready from pages of memory.</summary>
internal interface ICodeCache
{
    /// <summary>Bytes of a page with code were written.</summary>
    void Written(uint address, uint length);

    /// <summary>A page is at another place of the host, with the same content.</summary>
    void PageMoved(uint pageAddress);

    /// <summary>Gives everything back; it is made again when it runs.</summary>
    void Drop();
}

/// <summary>The core's watch over memory.</summary>
internal sealed unsafe class MemoryWatcher(Hart hart) : IMemoryWatcher
{
    public void Written(PageWatch watches, uint address, uint length)
    {
        if ((watches & PageWatch.Code) != 0)
        {
            hart.Code?.Written(address, length);
        }

        if ((watches & PageWatch.PageTable) != 0)
        {
            hart.Cache.TableWritten(address, length);
        }
    }

    public void PageMoved(uint pageAddress, byte* oldPlace)
    {
        hart.Cache.PageMoved(oldPlace);
        hart.Code?.PageMoved(pageAddress);
    }

    public void PagesShared() => hart.Cache.ForgetWrites();
}
