// `xouscloud disassemble`: instructions of firmware files as text, with the symbols that ELF files bring.

using System.Buffers.Binary;
using System.CommandLine;
using System.Text;
using XousCloud.Emulator.Cpu;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal sealed class DisassembleCommand
{
    private const int DefaultCount = 32;

    private readonly Argument<string[]> files = SharedOptions.Files();
    private readonly Option<string?> entry = SharedOptions.Entry();
    private readonly Option<string?> at = new("--at")
    {
        HelpName = "ADDR|SYMBOL",
        Description = "Where to start. Default: the entry point.",
    };

    private readonly Option<string?> count = new("--count")
    {
        HelpName = "N",
        Description = $"How many instructions. Default: {DefaultCount}.",
    };

    public Command Create(Streams streams)
    {
        Command command = new("disassemble", "Show instructions of firmware files.") { files, at, count, entry };
        command.SetAction(parsed =>
        {
            FirmwareImage image = SharedOptions.Import(parsed, files, entry);
            uint start = parsed.GetValue(at) is { } place
                ? SharedOptions.AddressOrSymbol(place, image, at.Name)
                : image.EntryPoint;
            streams.WriteOutput(Text(image, start, ReadCount(parsed.GetValue(count))));
            return (int)ExitCode.Met;
        });
        return command;
    }

    private static int ReadCount(string? text) => text is null ? DefaultCount
        : Numbers.TryParse(text, out uint value) && value is > 0 and <= 1_000_000 ? (int)value
        : throw new BadInputException("count_invalid", $"--count: '{text}' is not a count.", "Give a number from 1 to 1000000.");

    private static string Text(FirmwareImage image, uint start, int count)
    {
        FirmwareSegment segment = image.Segments.FirstOrDefault(
                candidate => start >= candidate.Address && start < candidate.End)
            ?? throw new BadInputException(
                "address_outside_image",
                $"The files have nothing at {Numbers.Hex(start)}.",
                "`xouscloud inspect` lists what they write.");
        if ((start & 1) != 0)
        {
            throw new BadInputException(
                "address_misaligned", $"No instruction starts at {Numbers.Hex(start)}.", "Instructions start at even addresses.");
        }

        StringBuilder text = new();
        uint address = start;
        for (int i = 0; i < count && address + 2 <= segment.End; i++)
        {
            if (image.Symbols.TryFind(address, out string? name, out uint offset) && (offset == 0 || i == 0))
            {
                text.Append(offset == 0 ? $"{name}:\n" : $"{name}+0x{offset:x}:\n");
            }

            uint encoding = Encoding(segment.Bytes.Span[(int)(address - segment.Address)..]);
            string assembly = Disassembler.Text(encoding, address, out int length);
            string bits = length == 4 ? $"{encoding:x8}" : $"{encoding & 0xFFFF:x4}    ";
            text.Append($"{address:x8}:  {bits}  {assembly}\n");
            address += (uint)length;
        }

        return text.ToString();
    }

    private static uint Encoding(ReadOnlySpan<byte> bytes) => bytes.Length >= 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
