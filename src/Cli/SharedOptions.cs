// Arguments that several commands take.

using System.CommandLine;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal static class SharedOptions
{
    public static Argument<string[]> Files() => new("FILE")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "UF2 or ELF files, or a raw binary as FILE@ADDRESS. Several make one set.",
    };

    public static Option<string?> Entry() => new("--entry")
    {
        HelpName = "ADDR",
        Description = "Where the firmware starts, when the files do not say it right.",
    };

    /// <summary>Reads the files that a command was given.</summary>
    public static FirmwareImage Import(ParseResult parsed, Argument<string[]> files, Option<string?> entry) =>
        FirmwareArguments.Import(
            parsed.GetValue(files) ?? [],
            parsed.GetValue(entry) is { } text ? Numbers.Address(text, entry.Name) : null);

    /// <summary>The address that a number or a symbol of the image names.</summary>
    public static uint AddressOrSymbol(string text, FirmwareImage image, string option)
    {
        if (Numbers.TryParse(text, out uint address) || image.Symbols.TryFind(text, out address))
        {
            return address;
        }

        throw new BadInputException(
            "symbol_unknown",
            $"{option}: '{text}' is neither an address nor a symbol of the files.",
            image.Symbols.Count == 0
                ? "The files name no symbols; give an ELF file that is not stripped, or an address like 0x61000000."
                : "Write the name as the ELF file has it, or an address like 0x61000000.");
    }
}
