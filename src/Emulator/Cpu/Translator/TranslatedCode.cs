// All generated code of a device: made when it is first executed, taken away when the memory that it was made from
// changes, and all of it when the room is used up.
//
// A store into a page of code takes code away only if it hits a half-word that was translated, so firmware that keeps
// data beside its code does not translate for ever. What is taken away is never written over while the page's other
// code lives: an engine that was in the middle of it has left it by then and looks the next address up.

using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The translator's code cache.</summary>
internal sealed unsafe class TranslatedCode : ICodeCache
{
    private const int CodeLength = 16 << 20;
    private const int DataLength = 16 << 20;
    private const int FrameMask = (int)PhysicalMemory.PageSize - 1;

    private const int SitesTogether = 1024;

    // A unit begins on a line of the instruction cache.
    private const int Alignment = 64;

    private readonly PhysicalMemory memory;
    private readonly TranslationCache cache;
    private readonly Emitter emitter = new();
    private readonly UnitTranslator translator;
    private readonly Dictionary<ulong, TranslatedPage> pages = []; // by virtual and physical page and privilege
    private readonly Dictionary<uint, CodeFrame> frames = [];
    private ExecutableMemory? executable;
    private CodeGate? gate;
    private readonly List<CodeSite[]> sites = [];
    private int siteCount;
    private int codeStart;
    private int codeUsed;
    private int dataUsed;

    public TranslatedCode(PhysicalMemory memory, TranslationCache cache)
    {
        this.memory = memory;
        this.cache = cache;
        translator = new UnitTranslator(emitter, this);
    }

    /// <summary>Entrance and exits.</summary>
    public CodeGate Gate => gate!;

    /// <summary>Changes whenever code was taken away.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Bytes of generated code.</summary>
    public int CodeUsed => codeUsed;

    public ref CodeSite Site(uint number) => ref sites[(int)(number / SitesTogether)][number % SitesTogether];

    /// <summary>The place of code that is so many bytes from the start.</summary>
    public byte* At(int offset) => executable!.Executable + offset;

    /// <summary>A page of code, made when it is first executed from.</summary>
    public TranslatedPage Page(uint pc, uint physical, Privilege privilege)
    {
        Prepare();
        uint address = pc & ~(uint)FrameMask;
        uint frameAddress = physical & ~(uint)FrameMask;
        ulong key = ((ulong)address << 32) | frameAddress | (ulong)privilege;
        if (pages.TryGetValue(key, out TranslatedPage? known))
        {
            return known;
        }

        if (dataUsed + TranslatedPage.SlotsLength > executable!.DataLength)
        {
            Drop();
            Prepare();
        }

        TranslatedPage page = new(address, frameAddress, privilege, (byte**)(executable.Data + dataUsed));
        page.Clear(Gate.PlaceExit);
        dataUsed += TranslatedPage.SlotsLength;
        pages.Add(key, page);
        if (!frames.TryGetValue(page.Physical, out CodeFrame? frame))
        {
            frame = new CodeFrame();
            frames.Add(page.Physical, frame);
            cache.ProtectPage(memory.Watch(page.Physical, PageWatch.Code));
        }

        frame.Pages.Add(page);
        return page;
    }

    /// <summary>Where the code of an address begins, which is translated if need be.</summary>
    /// <returns>Null when there was no room, and everything was dropped: look the page up again.</returns>
    public byte* Code(TranslatedPage page, uint pc)
    {
        byte** slot = page.Slot(pc);
        if (*slot != Gate.PlaceExit)
        {
            return *slot;
        }

        codeUsed = (codeUsed + Alignment - 1) & -Alignment;
        emitter.Begin(executable!.Writable + codeUsed, executable.Executable + codeUsed, executable.CodeLength - codeUsed);
        codeStart = codeUsed;
        translator.Translate(page, frames[page.Physical], memory.PageForRead(page.Physical), pc);
        if (emitter.Overflowed)
        {
            Drop();
            return null;
        }

        codeUsed += emitter.Position;
        return *slot;
    }

    /// <summary>Takes a number for a site that will be described by <see cref="Describe"/>.</summary>
    public int NewSite()
    {
        if (siteCount == sites.Count * SitesTogether)
        {
            sites.Add(new CodeSite[SitesTogether]);
        }

        return siteCount++;
    }

    public void Describe(int site, in CodeSite description) => Site((uint)site) = description;

    /// <summary>How far a place in the unit that is being written is from the start of all code.</summary>
    public int Offset(int position) => codeStart + position;

    public void Written(uint address, uint length)
    {
        if (frames.TryGetValue(address & ~(uint)FrameMask, out CodeFrame? frame)
            && frame.Covers((int)(address & FrameMask) / 2, (int)((address & FrameMask) + length - 1) / 2))
        {
            Epoch++;
            frame.Clear();
            foreach (TranslatedPage page in frame.Pages)
            {
                page.Reset();
            }
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
        frames.Clear();
        executable?.Dispose();
        executable = null;
        sites.Clear();
        siteCount = 0;
    }

    private void Prepare()
    {
        if (executable is not null)
        {
            return;
        }

        executable = ExecutableMemory.TryCreate(CodeLength, DataLength)
            ?? throw new InsufficientMemoryException("The system gives no more memory for code.");
        emitter.Begin(executable.Writable, executable.Executable, executable.CodeLength);
        gate = new CodeGate(emitter, executable.Executable);
        emitter.End();
        codeUsed = emitter.Position;
        dataUsed = 0;
    }
}
