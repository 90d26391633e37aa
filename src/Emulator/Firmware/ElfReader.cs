// ELF files: linked 32-bit RISC-V programs, placed by physical address. Facts: System V ABI (ELF header, program
// header), RISC-V ELF psABI (machine number, float ABI flags).

using System.Buffers.Binary;

namespace XousCloud.Emulator.Firmware;

internal static class ElfReader
{
    private const int HeaderLength = 52;
    private const int ProgramHeaderLength = 32;
    private const byte Class32 = 1;
    private const byte LittleEndian = 1;
    private const ushort MachineRiscV = 243;
    private const ushort TypeExecutable = 2;
    private const ushort TypeShared = 3;
    private const uint LoadSegment = 1;
    private const uint FloatAbiMask = 0x6;

    public static bool Recognises(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\x7F"u8) && bytes[1..].StartsWith("ELF"u8);

    public static void Read(ImportedFile file, SymbolCollector symbols)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        CheckKind(file, bytes);

        uint entry = Word(bytes, 24);
        file.Entry = entry == 0 ? null : entry;
        if ((Word(bytes, 36) & FloatAbiMask) != 0)
        {
            file.Warn(
                "elf_needs_float",
                "is built for a floating-point ABI; the core has no floating-point registers and will trap (build with -march=rv32imac -mabi=ilp32)");
        }

        ReadSegments(file, bytes);
        if (file.Pieces.Count == 0)
        {
            throw file.Mistake(
                "elf_nothing_to_load", "has no segment with content to load", "Bring the linked program, not an object file.");
        }

        ElfSymbols.Read(file, symbols);
    }

    private static void CheckKind(ImportedFile file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 5 && (bytes[4] != Class32 || bytes[5] != LittleEndian))
        {
            throw file.Mistake(
                "elf_not_32_bit_little_endian",
                $"is {(bytes[4] == 2 ? "64" : bytes[4] == 1 ? "32" : "?")}-bit "
                + $"{(bytes[5] == 1 ? "little" : bytes[5] == 2 ? "big" : "?")}-endian ELF; the core is 32-bit little-endian",
                "Build it for riscv32imac.");
        }

        if (bytes.Length >= 20 && Half(bytes, 18) != MachineRiscV)
        {
            throw file.Mistake(
                "elf_wrong_machine",
                $"is for ELF machine {Half(bytes, 18)}; RISC-V is {MachineRiscV}",
                "Build it for riscv32imac.");
        }

        if (bytes.Length < HeaderLength)
        {
            throw file.Mistake(
                "elf_header_out_of_range",
                $"ends at offset {bytes.Length}, inside the ELF header of {HeaderLength} bytes",
                "The file was cut short. Download or build it again.");
        }

        if (Half(bytes, 16) is not (TypeExecutable or TypeShared))
        {
            throw file.Mistake(
                "elf_not_executable",
                $"is ELF of type {Half(bytes, 16)}, not a linked program (type {TypeExecutable})",
                "Link it first; bring the linker's output.");
        }
    }

    private static void ReadSegments(ImportedFile file, ReadOnlySpan<byte> bytes)
    {
        uint tableOffset = Word(bytes, 28);
        int count = Half(bytes, 44);
        if (count > FirmwareLimits.ElfProgramHeaders)
        {
            throw file.Mistake(
                "elf_too_many_headers",
                $"announces {count} program headers; at most {FirmwareLimits.ElfProgramHeaders} are read",
                "The file is damaged, or its linker script makes a segment for every section. Merge them.");
        }

        if (count > 0 && Half(bytes, 42) != ProgramHeaderLength)
        {
            throw file.Mistake(
                "elf_bad_header",
                $"says that a program header has {Half(bytes, 42)} bytes; in 32-bit ELF it has {ProgramHeaderLength}",
                "The file is damaged. Build it again.");
        }

        if (tableOffset + ((ulong)count * ProgramHeaderLength) > (ulong)bytes.Length)
        {
            throw file.Mistake(
                "elf_header_out_of_range",
                $"has its {count} program headers at offset {tableOffset}, beyond the end of the file at {bytes.Length}",
                "The file was cut short or is damaged. Download or build it again.");
        }

        for (int index = 0; index < count; index++)
        {
            ReadSegment(file, index, bytes.Slice((int)tableOffset + (index * ProgramHeaderLength), ProgramHeaderLength));
        }
    }

    private static void ReadSegment(ImportedFile file, int index, ReadOnlySpan<byte> header)
    {
        if (Word(header, 0) != LoadSegment)
        {
            return;
        }

        uint offset = Word(header, 4);
        uint address = Word(header, 12);
        uint fileLength = Word(header, 16);
        uint memoryLength = Word(header, 20);
        if (fileLength > memoryLength)
        {
            throw file.Mistake(
                "elf_bad_segment",
                $"segment {index} has {fileLength} bytes in the file but {memoryLength} in memory",
                "The file is damaged. Build it again.");
        }

        if (offset + (ulong)fileLength > (ulong)file.Bytes.Length)
        {
            throw file.Mistake(
                "elf_segment_out_of_range",
                $"segment {index} is {fileLength} bytes at offset {offset}, beyond the end of the file at {file.Bytes.Length}",
                "The file was cut short or is damaged. Download or build it again.");
        }

        uint placed = PlacedLength(file, index, address, fileLength, memoryLength);
        if (placed > 0)
        {
            file.Pieces.Add(new Piece(
                file, index, address, placed, file.Bytes.Slice((int)offset, (int)fileLength)));
        }
    }

    // The zeros after a segment's content are placed in RAM only. A segment with a physical address in non-volatile
    // memory is copied or cleared by the program's own start-up code, and its zeros take no room there.
    private static uint PlacedLength(ImportedFile file, int index, uint address, uint fileLength, uint memoryLength)
    {
        if (fileLength == 0 && !ImageMemories.TryFind(address, memoryLength, out _))
        {
            file.Warn(
                "elf_segment_not_placed",
                $"segment {index} reserves {memoryLength} bytes at 0x{address:X8}, outside the memories; it has no content, so nothing is placed",
                address);
            return 0;
        }

        FirmwareMemory memory = ImageMemories.Require(file, $"segment {index}", address, fileLength);
        if (memory is FirmwareMemory.Rram or FirmwareMemory.SpiFlash)
        {
            return fileLength;
        }

        ImageMemories.Require(file, $"segment {index}", address, memoryLength);
        return memoryLength;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ushort Half(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
