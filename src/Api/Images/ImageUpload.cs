// Reads an upload: multipart/form-data with one or more parts `file`, and optionally `name`, `entry` and
// `address`. A raw binary says where it goes by `address`, or by a suffix of its name such as "boot.bin@0x60000000".

using System.Globalization;
using System.Text;
using XousCloud.Api.Problems;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Api.Images;

/// <summary>What somebody wants to make an image of.</summary>
internal sealed record ImageUpload(IReadOnlyList<FirmwareFile> Files, string? Name, uint? Entry)
{
    private const int LongestName = 128;

    /// <summary>Stands for the whole upload where two uploads are compared.</summary>
    public byte[] Identity()
    {
        StringBuilder text = new($"{Name}\n{Entry}\n");
        foreach (FirmwareFile file in Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file.Name}\n{file.RawAddress}\n{file.Bytes.Length}\n");
        }

        return [.. Encoding.UTF8.GetBytes(text.ToString()), .. Files.SelectMany(file => file.Bytes.ToArray())];
    }

    /// <exception cref="ProblemException">The form is not of this shape or too large.</exception>
    public static async Task<ImageUpload> ReadAsync(HttpRequest request, LimitOptions limits)
    {
        if (!request.HasFormContentType)
        {
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
                "Firmware is uploaded as multipart/form-data.", "curl -F file=@firmware.uf2 does that.");
        }

        IFormCollection form = await ReadFormAsync(request, limits);
        IReadOnlyList<IFormFile> files = form.Files.GetFiles("file");
        if (files.Count != form.Files.Count)
        {
            throw Problem.Validation("file", "Every file goes into a part named 'file'.", "curl -F file=@firmware.uf2");
        }

        if (files.Count == 0)
        {
            throw Problem.Validation("file", "There is no file.", "curl -F file=@firmware.uf2");
        }

        uint? address = Number(form, "address");
        if (address is not null && files.Count > 1)
        {
            throw Problem.Validation(
                "address", "One address cannot place several files.", "Name each raw file as NAME@0xADDRESS.");
        }

        List<FirmwareFile> read = [];
        foreach (IFormFile file in files)
        {
            byte[] bytes = new byte[file.Length];
            await using Stream stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes);
            (string name, uint? suffix) = SplitName(file.FileName);
            read.Add(new FirmwareFile(name, bytes, suffix ?? address));
        }

        string? imageName = form["name"];
        return imageName?.Length > LongestName
            ? throw Problem.Validation("name", $"A name has at most {LongestName} characters.")
            : new ImageUpload(read, string.IsNullOrWhiteSpace(imageName) ? null : imageName, Number(form, "entry"));
    }

    private static async Task<IFormCollection> ReadFormAsync(HttpRequest request, LimitOptions limits)
    {
        try
        {
            return await request.ReadFormAsync(new Microsoft.AspNetCore.Http.Features.FormOptions
            {
                MultipartBodyLengthLimit = limits.ImageBytes,
                BufferBodyLengthLimit = limits.ImageBytes,
                ValueLengthLimit = 4096,
                ValueCountLimit = limits.ImageFiles + 16,
                KeyLengthLimit = 256,
            });
        }
        catch (InvalidDataException bad) when (bad.Message.Contains("body length limit", StringComparison.Ordinal))
        {
            throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception bad) when (bad is InvalidDataException or IOException)
        {
            throw Problem.Validation("file", "The body is not well-formed multipart/form-data.");
        }
    }

    private static (string Name, uint? Address) SplitName(string name)
    {
        if (name.AsSpan().ContainsAny('/', '\\') || name.Any(char.IsControl) || name is "" or "." or "..")
        {
            throw new ProblemException(
                StatusCodes.Status400BadRequest, "image_file_name", "A file's name contains a path or is no name.",
                "Send the last part of the path only.");
        }

        int at = name.LastIndexOf("@0x", StringComparison.OrdinalIgnoreCase);
        return at <= 0 ? (name, null) : (name[..at], ParseNumber("file", name[(at + 1)..]));
    }

    private static uint? Number(IFormCollection form, string field) =>
        form[field].ToString() is { Length: > 0 } text ? ParseNumber(field, text) : null;

    private static uint ParseNumber(string field, string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return uint.TryParse(hex ? digits[2..] : digits, NumberStyles.AllowHexSpecifier, null, out uint number)
            ? number
            : throw Problem.Validation(field, "An address is hexadecimal, such as 0x60060000.");
    }
}
