// What an import found and what the image would do, as plain records that serialise as they are.

using System.Text.Json.Serialization;

namespace XousCloud.Emulator.Firmware;

/// <summary>What is in the files, what they would write, and what that implies; known before anything runs.</summary>
/// <param name="Files">The files, in the order given.</param>
/// <param name="Writes">What each file writes and where, by address; at most <see cref="FirmwareLimits.ReportedWrites"/>.</param>
/// <param name="WritesLeftOut">How many more ranges there are than <paramref name="Writes"/> lists.</param>
/// <param name="Headers">The vendor's signature headers found at the places where boot code looks for them.</param>
/// <param name="Board">The board that the content implies, or null when it fits any.</param>
/// <param name="BoardReason">Why that board.</param>
/// <param name="Entry">The address that direct boot jumps to.</param>
/// <param name="EntrySource">Which rule gave the entry.</param>
/// <param name="EntryReason">The rule in words.</param>
/// <param name="Digest">The image's identity: lower-case hex SHA-256 of what is placed where, and the entry.</param>
/// <param name="Symbols">How many symbols the files name.</param>
/// <param name="Warnings">What is allowed but worth knowing.</param>
public sealed record PreflightReport(
    IReadOnlyList<PreflightFile> Files,
    IReadOnlyList<PreflightWrite> Writes,
    int WritesLeftOut,
    IReadOnlyList<SignatureHeader> Headers,
    string? Board,
    string BoardReason,
    uint Entry,
    EntrySource EntrySource,
    string EntryReason,
    string Digest,
    int Symbols,
    IReadOnlyList<PreflightWarning> Warnings);

/// <summary>One file of an import.</summary>
/// <param name="Name">Its name, made safe to show.</param>
/// <param name="Format">What its content says it is.</param>
/// <param name="Size">Bytes in the file.</param>
/// <param name="Blocks">UF2: blocks; ELF: loaded segments; raw: 1.</param>
/// <param name="Entry">ELF: the entry it names, if any.</param>
public sealed record PreflightFile(string Name, FirmwareFormat Format, long Size, int Blocks, uint? Entry);

/// <summary>A range that a file writes.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Address">The first byte's address; for SPI flash 0x7000_0000 + offset.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Memory">Which memory.</param>
/// <param name="Region">What that part of the memory is for, such as "boot1" or "kernel".</param>
public sealed record PreflightWrite(string File, uint Address, uint Length, FirmwareMemory Memory, string Region);

/// <summary>Something allowed but worth knowing.</summary>
/// <param name="Code">Stable code for programs.</param>
/// <param name="Message">What it is, for people.</param>
/// <param name="File">The file it is about, if it is about one.</param>
/// <param name="Address">The address it is about, if it is about one.</param>
public sealed record PreflightWarning(string Code, string Message, string? File = null, uint? Address = null);

/// <summary>File formats, told apart by content.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FirmwareFormat>))]
public enum FirmwareFormat
{
    [JsonStringEnumMemberName("uf2")]
    Uf2,

    [JsonStringEnumMemberName("elf")]
    Elf,

    [JsonStringEnumMemberName("raw")]
    Raw,
}

/// <summary>Where an image's entry point comes from; the first rule that applies wins.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EntrySource>))]
public enum EntrySource
{
    /// <summary>Whoever imported the files said so.</summary>
    [JsonStringEnumMemberName("caller")]
    Caller,

    /// <summary>An ELF file's header.</summary>
    [JsonStringEnumMemberName("elf")]
    Elf,

    /// <summary>Something is loaded where boot1 looks for the next stage, 0x6006_0000.</summary>
    [JsonStringEnumMemberName("nextStage")]
    NextStage,

    /// <summary>boot0 is in the image: the reset vector, 0x6000_0000.</summary>
    [JsonStringEnumMemberName("resetVector")]
    ResetVector,

    /// <summary>The lowest address of a raw file.</summary>
    [JsonStringEnumMemberName("raw")]
    Raw,

    /// <summary>Nothing said where to start: the lowest address from which the core can run.</summary>
    [JsonStringEnumMemberName("lowestAddress")]
    LowestAddress,
}
