// The generated code that all devices of an image share. It is found by what it was made from: the virtual page, the
// privilege, and the page's whole content. So it does not matter who translated it first, nor where a device has the
// page; and nothing in it is an address of a device (Placement.cs). It is never changed or taken away: a device whose
// page has other content goes elsewhere. A page whose content a device keeps changing a little (data beside code) is not
// worth sharing and stays the device's own (DeviceCode.cs).
//
// Devices run on several threads. They add under a lock, and read what was published without one.

using System.Runtime.InteropServices;
using XousCloud.Emulator.Memory;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>An image's code cache.</summary>
internal sealed unsafe class SharedCode
{
    private const int CodeLength = 32 << 20;
    private const int PageLimit = 4096;
    private const int Together = 128 << 10;

    // How many contents of one virtual page are kept.
    private const int ContentLimit = 8;

    // Of the 512 double words of a page: with so many equal it is the same page with some data changed.
    private const int SimilarFrom = 448;

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, List<TranslatedPage>> pages = []; // by virtual page and privilege
    private CodeCache? cache;
    private bool failed;

    /// <summary>Entrance and exits; null before there is any code.</summary>
    public CodeGate? Gate => cache?.Gate;

    /// <summary>Bytes of generated code.</summary>
    public int CodeUsed => cache?.CodeUsed ?? 0;

    /// <summary>A page of code of some content.</summary>
    /// <param name="address">Its virtual address.</param>
    /// <param name="privilege">What it is executed in.</param>
    /// <param name="content">Its 4096 bytes.</param>
    /// <returns>Null where the device must have code of its own.</returns>
    public TranslatedPage? TryFind(uint address, Privilege privilege, byte* content)
    {
        ReadOnlySpan<byte> bytes = new(content, (int)PhysicalMemory.PageSize);
        ulong key = ((ulong)address << 32) | (ulong)privilege;
        lock (gate)
        {
            if (!pages.TryGetValue(key, out List<TranslatedPage>? known))
            {
                known = [];
                pages.Add(key, known);
            }

            bool isSimilar = false;
            foreach (TranslatedPage page in known)
            {
                if (bytes.SequenceEqual(page.Content))
                {
                    return page;
                }

                isSimilar = isSimilar || IsSimilar(bytes, page.Content);
            }

            if (isSimilar || known.Count == ContentLimit || Cache?.TryAddPage(address, privilege, bytes.ToArray()) is not { } added)
            {
                return null;
            }

            known.Add(added);
            return added;
        }
    }

    /// <summary>Makes the code of an address, unless another device did.</summary>
    /// <returns>Null when there is no room.</returns>
    public byte* TryTranslate(TranslatedPage page, uint pc)
    {
        lock (gate)
        {
            fixed (byte* content = page.Content)
            {
                return page.Code(pc) != null || cache!.TryTranslate(page, content, pc) ? page.Code(pc) : null;
            }
        }
    }

    /// <summary>A site of this code by its number.</summary>
    public ref CodeSite Site(uint number) => ref cache!.Site(number);

    private CodeCache? Cache
    {
        get
        {
            if (cache is null && !failed)
            {
                cache = CodeCache.TryCreate(CodeLength, PageLimit, siteMark: 0, Together);
                failed = cache is null;
            }

            return cache;
        }
    }

    private static bool IsSimilar(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        ReadOnlySpan<ulong> left = MemoryMarshal.Cast<byte, ulong>(one);
        ReadOnlySpan<ulong> right = MemoryMarshal.Cast<byte, ulong>(other);
        int equal = 0;
        for (int i = 0; i < left.Length; i++)
        {
            equal += left[i] == right[i] ? 1 : 0;
        }

        return equal >= SimilarFrom;
    }
}
