// What the loader hands to the kernel when it enters it: a0 points to the tags, a1 to the first address space,
// entry and stack of each process, a2 to the table of who owns which page of main RAM. Whoever enters S mode with
// something else in these registers is not a Xous loader.
// Facts: Xous's ABI, kernel entry, tags, ownership tables.

using System.Runtime.InteropServices;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Xous;

/// <summary>A process as the loader made it.</summary>
internal readonly record struct InitialProcess(uint Satp, uint Entry, uint Stack)
{
    public uint Pid => XousAbi.PidOf(Satp);
}

/// <summary>What was handed over.</summary>
/// <param name="Processes">The kernel first.</param>
/// <param name="Names">By PID.</param>
/// <param name="Tracker">Where the kernel finds the owners of pages, in its own address space.</param>
/// <param name="RamPages">Pages of main RAM: the tracker's entries.</param>
/// <param name="HasSwap">Whether there is a swap, which makes the tracker's entries longer.</param>
internal sealed record HandOver(
    IReadOnlyList<InitialProcess> Processes,
    IReadOnlyDictionary<uint, string> Names,
    uint Tracker,
    uint RamPages,
    bool HasSwap)
{
    /// <summary>More than what the handed-over tables have room for.</summary>
    public const uint MaxTrackedPages = XousAbi.ArgumentsLength;

    private const int MaxName = 64;
    private const int MaxWords = (int)(XousAbi.ArgumentsLength / 4);
    private const int InitialProcessLength = 16;
    private const uint ResumeFlag = 2;

    /// <summary>Reads what stands at the registers a0 to a2, or null where it is not what a loader hands over.</summary>
    public static HandOver? TryRead(Hart hart)
    {
        uint tags = hart.Register(10);
        Span<uint> words = new uint[MaxWords];
        if (!IsHandedOver(tags) || !IsHandedOver(hart.Register(11)) || !IsHandedOver(hart.Register(12))
            || (hart.Register(17) & ResumeFlag) != 0
            || !TryReadWords(hart, tags, words[..3])
            || words[0] != Tag("XArg") || words[2] < 5 || words[2] > MaxWords
            || !TryReadWords(hart, tags, words[..(int)words[2]]))
        {
            return null;
        }

        words = words[..(int)words[2]];
        int processes = 1;
        bool swap = false;
        Dictionary<uint, string> names = [];
        for (int at = 0; at + 2 <= words.Length;)
        {
            uint name = words[at];
            int length = Math.Min((int)(words[at + 1] >> 16), words.Length - at - 2);
            swap |= name == Tag("Swap");
            processes += name == Tag("IniE") || name == Tag("IniF") || name == Tag("IniS") ? 1 : 0;
            if (name == Tag("PNam"))
            {
                ReadNames(words.Slice(at + 2, length), names);
            }

            at += 2 + length;
        }

        return new HandOver(
            ReadProcesses(hart, hart.Register(11), Math.Min(processes, XousAbi.LastPid)),
            names,
            hart.Register(12),
            Math.Min(words[5] / XousAbi.PageSize, MaxTrackedPages),
            swap);
    }

    private static bool IsHandedOver(uint address) => address - XousAbi.Arguments < XousAbi.ArgumentsLength;

    private static uint Tag(string name) =>
        name[0] | ((uint)name[1] << 8) | ((uint)name[2] << 16) | ((uint)name[3] << 24);

    private static bool TryReadWords(Hart hart, uint address, Span<uint> words) =>
        hart.TryReadVirtual(address, MemoryMarshal.AsBytes(words));

    private static List<InitialProcess> ReadProcesses(Hart hart, uint address, int count)
    {
        List<InitialProcess> processes = [];
        Span<uint> words = stackalloc uint[InitialProcessLength / 4];
        for (int i = 0; i < count && TryReadWords(hart, address + (uint)(i * InitialProcessLength), words); i++)
        {
            processes.Add(new InitialProcess(words[0], words[1], words[2]));
        }

        return processes;
    }

    // Records of PID, length in bytes, and the name, padded to whole words.
    private static void ReadNames(ReadOnlySpan<uint> words, Dictionary<uint, string> names)
    {
        while (words.Length >= 2)
        {
            (uint pid, uint length) = (words[0], words[1]);
            words = words[2..];
            if (length > MaxName || (length + 3) / 4 > words.Length)
            {
                return;
            }

            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(words)[..(int)length];
            if (pid is > 0 and <= XousAbi.LastPid)
            {
                names[pid] = GuestText.Read(bytes);
            }

            words = words[(int)((length + 3) / 4)..];
        }
    }
}
