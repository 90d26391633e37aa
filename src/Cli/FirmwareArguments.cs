// FILE arguments: a path, or PATH@ADDRESS for a raw binary.

using XousCloud.Emulator.Firmware;

namespace XousCloud.Cli;

internal static class FirmwareArguments
{
    /// <summary>Reads the files and makes one image of them.</summary>
    /// <exception cref="BadInputException">A file cannot be read.</exception>
    /// <exception cref="FirmwareFormatException">The files are not usable firmware.</exception>
    public static FirmwareImage Import(IEnumerable<string> arguments, uint? entry) =>
        FirmwareImage.Import([.. arguments.Select(Read)], entry);

    private static FirmwareFile Read(string argument)
    {
        (string path, uint? address) = Split(argument);
        if (path.StartsWith('-') && !File.Exists(path))
        {
            throw new BadInputException(
                "option_unknown",
                $"There is no option '{path}'.",
                "--help lists the options; a file whose name starts with - is given as ./-NAME.");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            return new FirmwareFile(Path.GetFileName(path), ReadAll(stream, path), address);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(
                "file_not_found", $"There is no file '{path}'.", "Check the path; a raw binary is given as FILE@ADDRESS.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException(
                "file_unreadable", $"'{path}' cannot be read: {e.Message}", "Give a file that this user may read.");
        }
    }

    // A file whose own name ends in @digits is taken as it is.
    private static (string Path, uint? Address) Split(string argument)
    {
        int at = argument.LastIndexOf('@');
        return at > 0 && Numbers.TryParse(argument[(at + 1)..], out uint address) && !File.Exists(argument)
            ? (argument[..at], address)
            : (argument, null);
    }

    // Bounded, because a path may name a device that never ends.
    private static byte[] ReadAll(FileStream stream, string path)
    {
        using MemoryStream content = new();
        byte[] piece = new byte[64 * 1024];
        for (int read = stream.Read(piece); read > 0; read = stream.Read(piece))
        {
            content.Write(piece, 0, read);
            if (content.Length > FirmwareLimits.InputBytes)
            {
                throw new BadInputException(
                    "file_too_large",
                    $"'{path}' is longer than {FirmwareLimits.InputBytes >> 20} MiB.",
                    "Give the firmware's own file; the chip's memories hold less than that.");
            }
        }

        return content.ToArray();
    }
}
