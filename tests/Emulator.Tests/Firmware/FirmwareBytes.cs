// Firmware files written by hand, field by field from the format's descriptions, with knobs for being wrong.

using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

/// <summary>One 512-byte UF2 block.</summary>
internal sealed record Uf2Block(uint Address, byte[] Payload)
{
    public uint Number { get; init; }

    /// <summary>0 announces nothing.</summary>
    public uint Count { get; init; }

    public uint Family { get; init; } = 0xA7D7_6373;

    public uint? ClaimedLength { get; init; }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[512];
        uint[] words =
        [
            0x0A32_4655, 0x9E5D_5157, 0x2000, Address, ClaimedLength ?? (uint)Payload.Length, Number, Count, Family,
        ];
        Words.Put(bytes, 0, words);
        Payload.CopyTo(bytes, 32);
        Words.Put(bytes, 508, 0x0AB1_6F30);
        return bytes;
    }
}

internal static class Uf2
{
    /// <summary>Content from an address on, in numbered blocks of 256 bytes.</summary>
    public static byte[] File(uint address, byte[] content)
    {
        byte[][] chunks = [.. content.Chunk(256)];
        return Of([.. chunks.Select((chunk, index) =>
            new Uf2Block(address + ((uint)index * 256), chunk) { Number = (uint)index, Count = (uint)chunks.Length })]);
    }

    public static byte[] Of(params Uf2Block[] blocks) => [.. blocks.SelectMany(block => block.ToBytes())];
}

/// <summary>A program header of an ELF file and its content.</summary>
internal sealed record ElfSegment(uint PhysicalAddress, byte[] Content)
{
    public uint Type { get; init; } = 1;

    public uint? VirtualAddress { get; init; }

    public uint? MemoryLength { get; init; }

    public uint? FileLength { get; init; }

    public uint? Offset { get; init; }
}

/// <summary>An entry of an ELF symbol table.</summary>
internal sealed record ElfSymbol(string Name, uint Address, uint Size = 0, byte Info = 0x12, ushort Section = 1);

/// <summary>A 32-bit ELF file: header, program headers, content, then symbols and section headers.</summary>
internal sealed record ElfFile(params ElfSegment[] Segments)
{
    public byte Class { get; init; } = 1;

    public byte Data { get; init; } = 1;

    public ushort Type { get; init; } = 2;

    public ushort Machine { get; init; } = 243;

    public uint Flags { get; init; } = 1;

    public uint Entry { get; init; }

    public uint? ProgramHeaderOffset { get; init; }

    public ushort? ProgramHeaderCount { get; init; }

    public ushort ProgramHeaderLength { get; init; } = 32;

    public ElfSymbol[] Symbols { get; init; } = [];

    public byte[] ToBytes()
    {
        int position = 52 + (32 * Segments.Length);
        byte[] bytes = new byte[position + Segments.Sum(segment => segment.Content.Length)];
        bytes[0] = 0x7F;
        "ELF"u8.CopyTo(bytes.AsSpan(1));
        bytes[4] = Class;
        bytes[5] = Data;
        bytes[6] = 1;
        Words.PutHalf(bytes, 16, Type, Machine);
        Words.Put(bytes, 20, 1, Entry, ProgramHeaderOffset ?? 52, 0, Flags);
        Words.PutHalf(
            bytes, 40, 52, ProgramHeaderLength, ProgramHeaderCount ?? (ushort)Segments.Length, 40, 0, 0);
        for (int index = 0; index < Segments.Length; index++)
        {
            ElfSegment segment = Segments[index];
            uint length = (uint)segment.Content.Length;
            Words.Put(
                bytes,
                52 + (32 * index),
                segment.Type,
                segment.Offset ?? (uint)position,
                segment.VirtualAddress ?? segment.PhysicalAddress,
                segment.PhysicalAddress,
                segment.FileLength ?? length,
                segment.MemoryLength ?? length,
                5,
                4);
            segment.Content.CopyTo(bytes, position);
            position += (int)length;
        }

        return Symbols.Length == 0 ? bytes : WithSymbols(bytes);
    }

    // Section headers: 0 null, 1 .text (only so that symbols have a section), 2 .symtab, 3 .strtab.
    private byte[] WithSymbols(byte[] program)
    {
        var names = new List<byte> { 0 };
        byte[] table = new byte[16 * (Symbols.Length + 1)];
        for (int index = 0; index < Symbols.Length; index++)
        {
            ElfSymbol symbol = Symbols[index];
            int at = 16 * (index + 1);
            Words.Put(table, at, (uint)names.Count, symbol.Address, symbol.Size);
            table[at + 12] = symbol.Info;
            Words.PutHalf(table, at + 14, symbol.Section);
            names.AddRange(System.Text.Encoding.ASCII.GetBytes(symbol.Name));
            names.Add(0);
        }

        int tableOffset = program.Length;
        int namesOffset = tableOffset + table.Length;
        int sectionsOffset = namesOffset + names.Count;
        byte[] sections = new byte[4 * 40];
        Words.Put(sections, 40 + 4, 1);
        Words.Put(sections, 80 + 4, 2, 0, 0, (uint)tableOffset, (uint)table.Length, 3, 1, 4, 16);
        Words.Put(sections, 120 + 4, 3, 0, 0, (uint)namesOffset, (uint)names.Count);
        byte[] bytes = [.. program, .. table, .. names, .. sections];
        Words.Put(bytes, 32, (uint)sectionsOffset);
        Words.PutHalf(bytes, 48, 4);
        return bytes;
    }
}

internal static class SignedStage
{
    /// <summary>A signature header, its signature still empty, and a payload of zeros after it.</summary>
    public static byte[] Of(uint function, int payload = 256)
    {
        byte[] bytes = new byte[768 + payload];
        Words.Put(bytes, 0, 0x3000_006F);
        Words.Put(bytes, 0x84, 0x100);
        "ymuy3oaB"u8.CopyTo(bytes.AsSpan(0x88));
        Words.Put(bytes, 0x90, 636 + (uint)payload, function, 1);
        return bytes;
    }
}

/// <summary>A key pair to sign stages with, as the vendor's tools do.</summary>
internal sealed class SigningKey
{
    private readonly byte[] secret = new byte[32];

    /// <param name="number">Which one; equal numbers give equal keys.</param>
    /// <param name="tag">Four characters.</param>
    public SigningKey(byte number, string tag)
    {
        secret[0] = number;
        Tag = tag;
        Ed25519.GeneratePublicKey(secret, 0, Public, 0);
    }

    public string Tag { get; }

    public byte[] Public { get; } = new byte[32];

    /// <summary>Makes a stage accept this key on the next one. What signed the stage before is void.</summary>
    public void PutInto(byte[] stage, int slot)
    {
        Public.CopyTo(stage, 0xBC + (slot * 36));
        System.Text.Encoding.ASCII.GetBytes(Tag).CopyTo(stage, 0xBC + (slot * 36) + 32);
    }

    /// <summary>Ed25519ph.</summary>
    public byte[] Sign(byte[] stage)
    {
        Ed25519.SignPrehash(secret, 0, [], Hash(stage), 0, stage, 4);
        return stage;
    }

    /// <summary>Ed25519 as a FIDO2 token makes it.</summary>
    public byte[] SignWithToken(byte[] stage, byte[] authenticatorData)
    {
        Words.Put(stage, 0x44, (uint)authenticatorData.Length);
        authenticatorData.CopyTo(stage, 0x48);
        byte[] message = [.. authenticatorData, .. SHA256.HashData(Hash(stage))];
        Ed25519.Sign(secret, 0, message, 0, message.Length, stage, 4);
        return stage;
    }

    private static byte[] Hash(byte[] stage) =>
        SHA512.HashData(stage.AsSpan(0x84, (int)BinaryPrimitives.ReadUInt32LittleEndian(stage.AsSpan(0x90))));
}

internal static class Words
{
    public static void Put(byte[] bytes, int offset, params uint[] words)
    {
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), word);
            offset += 4;
        }
    }

    public static void PutHalf(byte[] bytes, int offset, params ushort[] halves)
    {
        foreach (ushort half in halves)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), half);
            offset += 2;
        }
    }
}

internal static class Import
{
    public static FirmwareImage One(byte[] bytes, string name = "app", uint? address = null, uint? entry = null) =>
        FirmwareImage.Import([new FirmwareFile(name, bytes, address)], entry);

    public static FirmwareImage Of(params FirmwareFile[] files) => FirmwareImage.Import(files);

    /// <summary>Expects a refusal with a code, advice, and words that say where.</summary>
    public static FirmwareFormatException Refused(string code, Func<FirmwareImage> import, params string[] words)
    {
        FirmwareFormatException refusal = Assert.Throws<FirmwareFormatException>(import);
        Assert.Equal(code, refusal.Code);
        Assert.NotEmpty(refusal.Advice);
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
        return refusal;
    }

    public static bool Warns(this FirmwareImage image, string code) =>
        image.Report.Warnings.Any(warning => warning.Code == code);
}
