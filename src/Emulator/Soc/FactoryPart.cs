// What a part holds before its first firmware. What differs from part to part comes from the device's seed.
//
// The factory: information rows (IFR), the public keys with their access words, the board's one-way counters.
// The first start of boot0 and boot1: identifiers, access words of the key slots, erased collateral, receipts for
// the keys of boot1. Of boot1 itself its signature block, as far as loaders take keys from it. A device that starts where
// boot1 ends begins with these; one that starts cold makes them itself.
// What an image places in counters, access words and slots stays: a page that it has content in is left as it is.
// Counters that the device was made with (FactorySettings) stand over both.
//
// Facts: RTL of rrc (access words, IFR rows); boot0's and boot1's sources (slots, first boot). Key slots are zero until
// the running system makes its keys. Left out: anti-rollback counters of boot0 to the loader, which no later stage reads.

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Memory;
using XousCloud.Emulator.Peripherals;

namespace XousCloud.Emulator.Soc;

internal static class FactoryPart
{
    /// <summary>Bytes of IFR: 32 rows of 32.</summary>
    public const int InformationLength = 32 * (int)RramLayout.LineLength;

    private const byte WriteLocked = 0x3A; // as a row's last byte
    private const int CpIdRow = 5;

    private const uint EVERYBODY_READS = 0x00F0_0002;
    private const uint FW0_ONLY = 0x0040_0000;

    private const int SerialNumberSlot = 0;
    private const int UuidSlot = 1;
    private const int IfrHashSlot = 2;
    private const int CpIdSlot = 3;
    private const int PublicKeySlot = 4;
    private const int CollateralSlot = 261;
    private const int CollateralSlots = 4;
    private const int ReceiptSlot = 265;
    private const int EraseProofSlot = 255;
    private const byte Erased = 0x03;

    private const uint AuditedBoots = 3;

    private static readonly (int First, int Count)[] keySlots = [(8, 253), (1920, 128)];

    /// <summary>The content of IFR.</summary>
    public static byte[] InformationRows(ulong seed)
    {
        byte[] rows = new byte[InformationLength];

        // Trims of the memory macros; their meaning is not published.
        Derive(seed, "ifr trims", Row(rows, 1)[..10]);
        Derive(seed, "ifr trims 2", Row(rows, 2)[..30]);
        Derive(seed, "ifr trims 3", Row(rows, 3)[..30]);
        Derive(seed, "ifr trims 4", Row(rows, 4)[..6]);

        CpId(seed, Row(rows, CpIdRow));
        "0000FF1818080000FF1818080017FF00"u8.HexInto(Row(rows, 6)); // where the stages' regions start, in 16 KiB
        "00000000828C426A"u8.HexInto(Row(rows, 12)); // RISC-V only, no debug port
        "00A8"u8.HexInto(Row(rows, 20)[12..]); // boot0's region: later users do not write it
        "01"u8.HexInto(Row(rows, 26)); // access words of slots 0 to 7 are not written
        for (int key = 0; key < PublishedKey.All.Count; key++)
        {
            // A row's last byte is its lock, so the keys' last bytes stand together in row 18.
            ReadOnlySpan<byte> bytes = PublishedKey.All[key].Bytes.Span;
            bytes[..^1].CopyTo(Row(rows, 13 + key));
            Row(rows, 18)[key] = bytes[^1];
        }

        foreach (int locked in (int[])[CpIdRow, 6, 12, 13, 14, 15, 16, 18])
        {
            Row(rows, locked)[^1] = WriteLocked;
        }

        return rows;
    }

    /// <summary>Fills a new part, which the image is in already.</summary>
    public static void Fill(PhysicalMemory memory, MachineOptions options)
    {
        Part part = new(memory, options.Image.Memory);
        for (int key = 0; key < PublishedKey.All.Count; key++)
        {
            part.Slot(PublicKeySlot + key, PublishedKey.All[key].Bytes.Span);
            part.Access(PublicKeySlot + key, 1, EVERYBODY_READS);
        }

        foreach ((int number, uint value) in options.Board.Counters)
        {
            part.Counter(number, value);
        }

        if (!options.Cold)
        {
            FirstBoot(part, options.Seed);
        }

        foreach ((int number, uint value) in options.Factory.Counters)
        {
            memory.TryWrite(RramLayout.Counter(number), BitConverter.GetBytes(value));
        }
    }

    /// <summary>What boot1 does on a part in developer mode whenever it starts: the keys are erased, and AORAM says so.</summary>
    public static void EraseKeysInDeveloperMode(SystemOnChip soc)
    {
        PhysicalMemory memory = soc.Memory;
        if (ReadWord(memory, RramLayout.Counter(OneWayCounter.DeveloperMode)) == 0)
        {
            return;
        }

        foreach ((int first, int count) in keySlots)
        {
            Fill(memory, RramLayout.Access(first), count * 4, 0);
            Fill(memory, RramLayout.Slot(first), count * (int)RramLayout.LineLength, Erased);
        }

        byte[] proof = new byte[RramLayout.LineLength];
        memory.TryRead(RramLayout.Slot(EraseProofSlot), proof);
        memory.TryWrite(ChipMemories.AoramBase, proof);
        soc.Block<Rrc>().LatchAccessWords();
    }

    private static void FirstBoot(Part part, ulong seed)
    {
        byte[] rows = InformationRows(seed);
        part.Slot(SerialNumberSlot, Derived(seed, "serial number"));
        part.Slot(UuidSlot, Derived(seed, "uuid"));
        part.Slot(IfrHashSlot, SHA256.HashData(rows));
        part.Slot(CpIdSlot, Row(rows, CpIdRow));
        foreach ((int first, int count) in keySlots)
        {
            part.Access(first, count, FW0_ONLY);
        }

        byte[] erased = new byte[RramLayout.LineLength];
        Array.Fill(erased, Erased);
        for (int slot = CollateralSlot; slot < CollateralSlot + CollateralSlots; slot++)
        {
            part.Slot(slot, erased);
        }

        for (int key = 0; key < PublishedKey.All.Count; key++)
        {
            part.Slot(ReceiptSlot + key, PublishedKey.All[key].Bytes.Span);
        }

        part.Boot1Keys();
        part.Counter(OneWayCounter.EarlyBoot, AuditedBoots);
        part.Counter(OneWayCounter.FirstBootDone, 1);
    }

    // Lot code, wafer, place of the die: ASCII, as the wafer probe writes it.
    private static void CpId(ulong seed, Span<byte> row)
    {
        Span<byte> random = stackalloc byte[8];
        Derive(seed, "cp id", random);
        uint lot = BinaryPrimitives.ReadUInt32LittleEndian(random) % 100_000_000;
        int wafer = 1 + (random[4] % 25);
        Encoding.ASCII.GetBytes($"{lot:00000000}M{wafer:00}T", row);
        random[5..7].CopyTo(row[12..]);
    }

    private static Span<byte> Row(byte[] rows, int number) =>
        rows.AsSpan(number * (int)RramLayout.LineLength, (int)RramLayout.LineLength);

    private static byte[] Derived(ulong seed, string purpose)
    {
        byte[] bytes = new byte[RramLayout.LineLength];
        Derive(seed, purpose, bytes);
        return bytes;
    }

    private static void Derive(ulong seed, string purpose, Span<byte> destination)
    {
        byte[] input = [.. BitConverter.GetBytes(seed), .. Encoding.ASCII.GetBytes(purpose)];
        SHA256.HashData(input).AsSpan(0, destination.Length).CopyTo(destination);
    }

    private static void HexInto(this ReadOnlySpan<byte> hex, Span<byte> destination) =>
        Convert.FromHexString(Encoding.ASCII.GetString(hex)).CopyTo(destination);

    private static uint ReadWord(PhysicalMemory memory, uint address)
    {
        Span<byte> word = stackalloc byte[4];
        memory.TryRead(address, word);
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }

    // What is there already is not written again, so that the page stays a shared one.
    private static void Fill(PhysicalMemory memory, uint address, int length, byte value)
    {
        byte[] content = new byte[length];
        memory.TryRead(address, content);
        if (content.AsSpan().ContainsAnyExcept(value))
        {
            Array.Fill(content, value);
            memory.TryWrite(address, content);
        }
    }

    /// <summary>A part while it is filled: what the image brings is not touched.</summary>
    private readonly unsafe struct Part(PhysicalMemory memory, ImageMemory image)
    {
        public void Slot(int number, ReadOnlySpan<byte> content) => Write(RramLayout.Slot(number), content);

        public void Counter(int number, uint value) =>
            Write(RramLayout.Counter(number), BitConverter.GetBytes(value));

        public void Access(int first, int count, uint word)
        {
            for (int slot = first; slot < first + count; slot++)
            {
                Write(RramLayout.Access(slot), BitConverter.GetBytes(word));
            }
        }

        public void Boot1Keys()
        {
            byte[] block = new byte[SignatureBlock.Length];
            SignatureBlock.WriteKeys(block, PublishedKey.All);
            Write(BootStage.Boot1.HeaderAddress, block);
        }

        private void Write(uint address, ReadOnlySpan<byte> content)
        {
            if (image.Page(address & ~(PhysicalMemory.PageSize - 1)) == null)
            {
                memory.TryWrite(address, content);
            }
        }
    }
}
