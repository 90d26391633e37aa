// The generated code that a device runs: mostly what all devices of its image share (SharedCode.cs), and code of its own
// for pages that only it has, or that it keeps writing to.
//
// A store that makes a page differ from what its shared code was made from detaches the device from that code; what
// the page is now is looked up when it is next executed from. A store into a page with code of its own takes code away
// only if it hits a half-word that was translated, so firmware that keeps data beside its code does not translate for
// ever. Code that is taken away is never written over while other code lives: an engine that was in the middle of it has
// left it by then and looks the next address up.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The translator's code cache as one device sees it.</summary>
internal sealed unsafe class DeviceCode(PhysicalMemory memory, TranslationCache cache, SharedCode shared) : ICodeCache
{
    private const int OwnCodeLength = 16 << 20;
    private const int OwnPageLimit = 1024;
    private const uint FrameMask = PhysicalMemory.PageSize - 1;

    // A page that was written this often since code in it ran is data now.
    private const int WritesUntilData = 64;

    private readonly Dictionary<ulong, TranslatedPage> pages = []; // by virtual and physical page and privilege
    private readonly Dictionary<ulong, TranslatedPage> ownPages = []; // likewise; kept while other code is used for the page
    private readonly Dictionary<uint, CodeFrame> frames = [];
    private CodeCache? own;

    /// <summary>The way into code, wherever it is. There is some once a page was found.</summary>
    public CodeGate Gate => shared.Gate ?? own!.Gate;

    /// <summary>Changes whenever code was taken away.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Bytes of code that only this device has.</summary>
    public int OwnCodeUsed => own?.CodeUsed ?? 0;

    /// <summary>Whether a slot's place is code, and not where there is none yet.</summary>
    public bool IsCode(byte* place) => !IsExit(place, shared.Gate) && !IsExit(place, own?.Gate);

    /// <summary>A site by its number.</summary>
    public ref CodeSite Site(uint number) =>
        ref (number & CodeCache.OwnSite) == 0 ? ref shared.Site(number) : ref own!.Site(number);

    /// <summary>A page of code, found or made when the device first executes from it.</summary>
    /// <returns>Null where the system gives no memory for code.</returns>
    public TranslatedPage? Page(uint pc, uint physical, Privilege privilege)
    {
        uint address = pc & ~FrameMask;
        uint frameAddress = physical & ~FrameMask;
        ulong key = Key(address, frameAddress, privilege);
        if (pages.TryGetValue(key, out TranslatedPage? known))
        {
            return known;
        }

        TranslatedPage? page = shared.TryFind(address, privilege, memory.PageForRead(physical))
            ?? OwnPage(key, address, privilege);
        if (page is null)
        {
            return null;
        }

        pages.Add(key, page);
        if (!frames.TryGetValue(frameAddress, out CodeFrame? frame))
        {
            frame = new CodeFrame();
            frames.Add(frameAddress, frame);
            cache.ProtectPage(memory.Watch(frameAddress, PageWatch.Code));
        }

        frame.Pages.Add(page);
        frame.WritesSinceCode = 0;
        return page;
    }

    /// <summary>Where the code of an address begins, which is translated if need be.</summary>
    /// <returns>Null when there was no room, and the page is another now: look it up again.</returns>
    public byte* Code(TranslatedPage page, uint pc, uint physical)
    {
        byte* code = page.Code(pc);
        if (code != null)
        {
            return code;
        }

        if (page.Content is not null)
        {
            code = shared.TryTranslate(page, pc);
            if (code == null)
            {
                LeaveShared(page, physical & ~FrameMask);
            }

            return code;
        }

        if (!own!.TryTranslate(page, memory.PageForRead(physical), pc))
        {
            Drop();
            return null;
        }

        return page.Code(pc);
    }

    public void Written(uint address, uint length)
    {
        uint frameAddress = address & ~FrameMask;
        if (!frames.TryGetValue(frameAddress, out CodeFrame? frame))
        {
            return;
        }

        for (int index = frame.Pages.Count - 1; index >= 0; index--)
        {
            TranslatedPage page = frame.Pages[index];
            if (page.Content is null
                ? page.Uses((int)(address & FrameMask) / 2, (int)((address & FrameMask) + length - 1) / 2)
                : Differs(page.Content, address, length))
            {
                page = Detach(frame, index, frameAddress);
                if (page.Content is null)
                {
                    page.Reset();
                }
            }
        }

        if (frame.Pages.Count == 0 && ++frame.WritesSinceCode == WritesUntilData)
        {
            frames.Remove(frameAddress);
            memory.Unwatch(frameAddress, PageWatch.Code);
        }
    }

    // Code does not depend on where the host has the page.
    public void PageMoved(uint pageAddress)
    {
    }

    public void Drop()
    {
        Epoch++;
        cache.ForgetAll();
        foreach (uint address in frames.Keys)
        {
            memory.Unwatch(address, PageWatch.Code);
        }

        pages.Clear();
        ownPages.Clear();
        frames.Clear();
        own?.Dispose();
        own = null;
    }

    private static bool IsExit(byte* place, CodeGate? gate) => gate is not null && place == gate.PlaceExit;

    private static ulong Key(uint address, uint frameAddress, Privilege privilege) =>
        ((ulong)address << 32) | frameAddress | (ulong)privilege;

    private bool Differs(byte[] content, uint address, uint length) =>
        !new ReadOnlySpan<byte>(memory.PageForRead(address) + (address & FrameMask), (int)length)
            .SequenceEqual(content.AsSpan((int)(address & FrameMask), (int)length));

    private TranslatedPage? OwnPage(ulong key, uint address, Privilege privilege)
    {
        if (ownPages.TryGetValue(key, out TranslatedPage? known))
        {
            return known;
        }

        own ??= CodeCache.TryCreate(OwnCodeLength, OwnPageLimit, CodeCache.OwnSite, together: 0);
        TranslatedPage? page = own?.TryAddPage(address, privilege, content: null);
        if (page is null && own is not null)
        {
            Drop();
            own = CodeCache.TryCreate(OwnCodeLength, OwnPageLimit, CodeCache.OwnSite, together: 0);
            page = own?.TryAddPage(address, privilege, content: null);
        }

        if (page is not null)
        {
            ownPages.Add(key, page);
        }

        return page;
    }

    private TranslatedPage Detach(CodeFrame frame, int index, uint frameAddress)
    {
        Epoch++;
        TranslatedPage page = frame.Pages[index];
        frame.Pages.RemoveAt(index);
        pages.Remove(Key(page.Address, frameAddress, page.Privilege));
        cache.ForgetCode(page.Address, page.Entry);
        return page;
    }

    // The shared cache is full.
    private void LeaveShared(TranslatedPage page, uint frameAddress)
    {
        CodeFrame frame = frames[frameAddress];
        Detach(frame, frame.Pages.IndexOf(page), frameAddress);
        ulong key = Key(page.Address, frameAddress, page.Privilege);
        if (OwnPage(key, page.Address, page.Privilege) is { } replacement && frames.ContainsKey(frameAddress))
        {
            frame.Pages.Add(replacement);
            pages.Add(key, replacement);
        }
    }

    // A page of physical memory that code was made from, with the code that the device has for it.
    private sealed class CodeFrame
    {
        public List<TranslatedPage> Pages { get; } = [];

        public int WritesSinceCode { get; set; }
    }
}
