// Room for generated code, and what is needed to make it and to leave it: the slots of pages, the sites, entrance and
// exits. Code is only added; all of it goes when the cache goes. Places that code was published at are read by other
// threads while code is added, so a unit and its sites are complete before a slot leads there.

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>Generated code in one piece of executable memory.</summary>
internal sealed unsafe class CodeCache : IDisposable
{
    /// <summary>Marks the number of a site as one of a device's own cache; without it, it is one of the shared cache.</summary>
    public const uint OwnSite = 1u << 31;

    private const int SitesTogether = 1024;

    // What leaving at a site takes at least: two instructions of five bytes.
    private const int BytesForSite = 10;

    // A unit begins on a line of the instruction cache.
    private const int Alignment = 64;

    private readonly ExecutableMemory memory;
    private readonly Emitter emitter = new();
    private readonly UnitTranslator translator;
    private readonly uint siteMark;
    private readonly CodeSite[]?[] sites;
    private int siteCount;
    private readonly int together;
    private int codeUsed;
    private int codePopulated;
    private int dataUsed;
    private int dataPopulated;

    private CodeCache(ExecutableMemory memory, uint siteMark, int together)
    {
        this.together = together;
        this.memory = memory;
        this.siteMark = siteMark;
        sites = new CodeSite[]?[(memory.CodeLength / BytesForSite / SitesTogether) + 1];
        emitter.Begin(memory.Writable, memory.Executable, memory.CodeLength);
        Gate = new CodeGate(emitter, memory.Executable);
        emitter.End();
        codeUsed = emitter.Position;
        translator = new UnitTranslator(emitter, this);
    }

    /// <summary>Entrance and exits.</summary>
    public CodeGate Gate { get; }

    /// <summary>Bytes of generated code.</summary>
    public int CodeUsed => codeUsed;

    /// <summary>Makes a cache that costs what is used of it.</summary>
    /// <param name="codeLength">Bytes for code.</param>
    /// <param name="pages">For how many pages.</param>
    /// <param name="siteMark">0 or <see cref="OwnSite"/>.</param>
    /// <param name="together">How many bytes to ask of the system at a time; 0 to take each page when it is touched.</param>
    /// <returns>Null where the system gives no memory.</returns>
    public static CodeCache? TryCreate(int codeLength, int pages, uint siteMark, int together) =>
        ExecutableMemory.TryCreate(codeLength, pages * TranslatedPage.SlotsLength) is { } memory
            ? new CodeCache(memory, siteMark, together)
            : null;

    /// <summary>A site by its number.</summary>
    public ref CodeSite Site(uint number)
    {
        uint index = number & ~OwnSite;
        return ref sites[index / SitesTogether]![index % SitesTogether];
    }

    /// <summary>A page without code yet.</summary>
    /// <param name="address">Its virtual address.</param>
    /// <param name="privilege">What it is executed in.</param>
    /// <param name="content">What its code is made from, if that never changes.</param>
    /// <returns>Null when there is no room.</returns>
    public TranslatedPage? TryAddPage(uint address, Privilege privilege, byte[]? content)
    {
        if (dataUsed + TranslatedPage.SlotsLength > memory.DataLength)
        {
            return null;
        }

        if (together > 0 && dataUsed == dataPopulated)
        {
            memory.PopulateData(dataPopulated, together);
            dataPopulated += together;
        }

        TranslatedPage page = new(address, privilege, (byte**)(memory.Data + dataUsed), Gate.PlaceExit, content);
        dataUsed += TranslatedPage.SlotsLength;
        return page;
    }

    /// <summary>Makes the code of an address and of what belongs to it, and leads the page's slots there.</summary>
    /// <returns>False when there was no room.</returns>
    public bool TryTranslate(TranslatedPage page, byte* content, uint pc)
    {
        codeUsed = (codeUsed + Alignment - 1) & -Alignment;
        if (codeUsed >= memory.CodeLength)
        {
            return false;
        }

        if (together > 0 && codeUsed + (together / 4) > codePopulated && codePopulated < memory.CodeLength)
        {
            memory.PopulateCode(codePopulated, together);
            codePopulated += together;
        }

        emitter.Begin(memory.Writable + codeUsed, memory.Executable + codeUsed, memory.CodeLength - codeUsed);
        int sitesBefore = siteCount;
        if (!translator.TryTranslate(page, content, pc))
        {
            siteCount = sitesBefore;
            return false;
        }

        codeUsed += emitter.Position;
        return true;
    }

    /// <summary>Takes a number for a site that will be described by <see cref="Describe"/>.</summary>
    public uint NewSite()
    {
        // A unit that overflows the code takes numbers beyond the last; they are taken back.
        int number = Math.Min(siteCount++, (sites.Length * SitesTogether) - 1);
        sites[number / SitesTogether] ??= new CodeSite[SitesTogether];
        return (uint)number | siteMark;
    }

    public void Describe(uint site, in CodeSite description) => Site(site) = description;

    public void Dispose() => memory.Dispose();
}
