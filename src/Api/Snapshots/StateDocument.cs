// A device's state as one document: what a checkpoint and a snapshot are.
//
//   "XCDOC1" then sections of {id u16, length u32, bytes}, then HMAC-SHA256 (32 bytes) over the tenant's name
//   and everything before. A reader skips sections whose id it does not know; ids are append-only.
//
//   1 machine    image digest, board id (length-prefixed UTF-8), seed u64, then the machine's own sections
//   2 pages      {address u32, SHA-256}...          memory that differs from the image
//   3 console    port u8, first u64, length u64, chunks u32, SHA-256...   one section for each port with output
//   4 host       JSON: what the service itself remembers of the device
//   5 factory    UTF-8: the device's factory settings in their stored form; left out where there are none
//
// Pages and console chunks stand apart, stored once for each tenant by their SHA-256. All numbers are little
// endian. A document is hostile until its code is verified; what it names is verified again by its hash.

using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using XousCloud.Emulator;

namespace XousCloud.Api.Snapshots;

/// <summary>A page of memory by its content's hash.</summary>
internal readonly record struct PageReference(uint Address, ContentHash Hash);

/// <summary>A port's retained output.</summary>
/// <param name="Port">The port.</param>
/// <param name="First">Offset of the first byte kept.</param>
/// <param name="Length">Offset after the last byte.</param>
/// <param name="Chunks">The bytes, cut at multiples of <see cref="StateDocument.ChunkSize"/> of the offset.</param>
internal sealed record ConsoleContent(ConsolePort Port, ulong First, ulong Length, IReadOnlyList<ContentHash> Chunks);

/// <summary>What the service remembers of a device beside the machine.</summary>
internal sealed record HostState(IReadOnlyList<UnmodelledAccess> Unmodelled, bool ResumeAfterReset);

/// <summary>The parts of a document.</summary>
internal sealed record StateDocument(
    string ImageDigest,
    string BoardId,
    ulong Seed,
    FactorySettings Factory,
    byte[] Units,
    IReadOnlyList<PageReference> Pages,
    IReadOnlyList<ConsoleContent> Consoles,
    HostState Host)
{
    public const int ChunkSize = 4096;
    private const int LargestDocument = 4 * 1024 * 1024;
    private const int AuthenticatorLength = 32;
    private const int SectionHeaderLength = 6;
    private const int PageReferenceLength = 4 + ContentHash.Length;
    private const int ConsoleHeaderLength = 1 + 8 + 8 + 4;

    private static readonly byte[] Magic = "XCDOC1"u8.ToArray();

    private enum Section : ushort
    {
        Machine = 1,
        Pages = 2,
        Console = 3,
        Host = 4,
        Factory = 5,
    }

    /// <summary>Everything that must be stored for the document to be complete.</summary>
    public IEnumerable<ContentHash> Contents =>
        Pages.Select(page => page.Hash).Concat(Consoles.SelectMany(console => console.Chunks));

    /// <summary>Writes the document, authenticated for one tenant.</summary>
    public byte[] ToBytes(byte[] key, string tenant)
    {
        ArrayBufferWriter<byte> document = new();
        document.Write(Magic);
        Add(document, Section.Machine, MachineSection());
        Add(document, Section.Pages, PagesSection());
        foreach (ConsoleContent console in Consoles)
        {
            Add(document, Section.Console, ConsoleSection(console));
        }

        Add(document, Section.Host, JsonSerializer.SerializeToUtf8Bytes(Host));
        if (Factory.Counters.Count > 0)
        {
            Add(document, Section.Factory, Encoding.UTF8.GetBytes(Factory.ToString()));
        }

        document.Write(Authenticator(key, tenant, document.WrittenSpan));
        return document.WrittenSpan.ToArray();
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="SnapshotFormatException">It is damaged, forged, of another tenant or of an unknown form.</exception>
    public static StateDocument Read(ReadOnlySpan<byte> document, byte[] key, string tenant)
    {
        if (document.Length < Magic.Length + AuthenticatorLength || document.Length > LargestDocument)
        {
            throw new SnapshotFormatException("snapshot_size", "The document's size is impossible.");
        }

        ReadOnlySpan<byte> content = document[..^AuthenticatorLength];
        if (!CryptographicOperations.FixedTimeEquals(Authenticator(key, tenant, content), document[^AuthenticatorLength..]))
        {
            throw new SnapshotFormatException(
                "snapshot_authentication", "The document was not written by this server, or was changed since.");
        }

        if (!content.StartsWith(Magic))
        {
            throw new SnapshotFormatException("snapshot_version", "The document is of a form that this server does not read.");
        }

        Builder builder = new();
        ReadOnlySpan<byte> rest = content[Magic.Length..];
        while (!rest.IsEmpty)
        {
            Section section = (Section)Number16(ref rest);
            builder.Take(section, Bytes(ref rest, Number32(ref rest)));
        }

        return builder.Document();
    }

    private static byte[] Authenticator(byte[] key, string tenant, ReadOnlySpan<byte> content)
    {
        using IncrementalHash code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        code.AppendData(Encoding.UTF8.GetBytes(tenant));
        code.AppendData([0]);
        code.AppendData(content);
        return code.GetHashAndReset();
    }

    private static void Add(ArrayBufferWriter<byte> document, Section section, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[SectionHeaderLength];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)section);
        BinaryPrimitives.WriteUInt32LittleEndian(header[2..], (uint)content.Length);
        document.Write(header);
        document.Write(content);
    }

    private byte[] MachineSection()
    {
        byte[] digest = Encoding.UTF8.GetBytes(ImageDigest);
        byte[] board = Encoding.UTF8.GetBytes(BoardId);
        byte[] seed = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, Seed);
        return [(byte)digest.Length, .. digest, (byte)board.Length, .. board, .. seed, .. Units];
    }

    private byte[] PagesSection()
    {
        byte[] section = new byte[Pages.Count * PageReferenceLength];
        for (int index = 0; index < Pages.Count; index++)
        {
            Span<byte> entry = section.AsSpan(index * PageReferenceLength, PageReferenceLength);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, Pages[index].Address);
            Pages[index].Hash.CopyTo(entry[4..]);
        }

        return section;
    }

    private static byte[] ConsoleSection(ConsoleContent console)
    {
        byte[] section = new byte[ConsoleHeaderLength + (console.Chunks.Count * ContentHash.Length)];
        section[0] = (byte)console.Port;
        BinaryPrimitives.WriteUInt64LittleEndian(section.AsSpan(1), console.First);
        BinaryPrimitives.WriteUInt64LittleEndian(section.AsSpan(9), console.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(17), (uint)console.Chunks.Count);
        for (int index = 0; index < console.Chunks.Count; index++)
        {
            console.Chunks[index].CopyTo(section.AsSpan(ConsoleHeaderLength + (index * ContentHash.Length)));
        }

        return section;
    }

    private static ushort Number16(ref ReadOnlySpan<byte> rest) =>
        BinaryPrimitives.ReadUInt16LittleEndian(Bytes(ref rest, 2));

    private static uint Number32(ref ReadOnlySpan<byte> rest) =>
        BinaryPrimitives.ReadUInt32LittleEndian(Bytes(ref rest, 4));

    private static ulong Number64(ref ReadOnlySpan<byte> rest) =>
        BinaryPrimitives.ReadUInt64LittleEndian(Bytes(ref rest, 8));

    private static ReadOnlySpan<byte> Bytes(ref ReadOnlySpan<byte> rest, uint length)
    {
        if (length > (uint)rest.Length)
        {
            throw new SnapshotFormatException("snapshot_truncated", "A part of the document reaches beyond its end.");
        }

        ReadOnlySpan<byte> taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private sealed class Builder
    {
        private readonly List<ConsoleContent> consoles = [];
        private (string Digest, string Board, ulong Seed, byte[] Units)? machine;
        private List<PageReference>? pages;
        private FactorySettings factory = FactorySettings.None;
        private HostState host = new([], ResumeAfterReset: false);

        public void Take(Section section, ReadOnlySpan<byte> content)
        {
            switch (section)
            {
                case Section.Machine:
                    string digest = Encoding.UTF8.GetString(Bytes(ref content, Bytes(ref content, 1)[0]));
                    string board = Encoding.UTF8.GetString(Bytes(ref content, Bytes(ref content, 1)[0]));
                    machine = (digest, board, Number64(ref content), content.ToArray());
                    break;
                case Section.Pages:
                    pages = [];
                    while (!content.IsEmpty)
                    {
                        pages.Add(new PageReference(Number32(ref content), ContentHash.Read(Bytes(ref content, ContentHash.Length))));
                    }

                    break;
                case Section.Console:
                    consoles.Add(Console(content));
                    break;
                case Section.Host:
                    host = Host(content);
                    break;
                case Section.Factory:
                    factory = FactorySettings.Parse(Encoding.UTF8.GetString(content));
                    break;
                default:
                    break;
            }
        }

        public StateDocument Document() => machine is { } part && pages is not null
            ? new StateDocument(part.Digest, part.Board, part.Seed, factory, part.Units, pages, consoles, host)
            : throw new SnapshotFormatException("snapshot_incomplete", "The document lacks the machine or its pages.");

        private static ConsoleContent Console(ReadOnlySpan<byte> content)
        {
            ConsolePort port = (ConsolePort)Bytes(ref content, 1)[0];
            ulong first = Number64(ref content);
            ulong length = Number64(ref content);
            uint count = Number32(ref content);
            if (!Enum.IsDefined(port) || first > length || (ulong)count * ContentHash.Length != (ulong)content.Length)
            {
                throw new SnapshotFormatException("snapshot_console", "A port's output does not add up.");
            }

            List<ContentHash> chunks = [];
            while (!content.IsEmpty)
            {
                chunks.Add(ContentHash.Read(Bytes(ref content, ContentHash.Length)));
            }

            return new ConsoleContent(port, first, length, chunks);
        }

        private static HostState Host(ReadOnlySpan<byte> content)
        {
            try
            {
                return JsonSerializer.Deserialize<HostState>(content) ?? new HostState([], false);
            }
            catch (JsonException)
            {
                throw new SnapshotFormatException("snapshot_host", "The service's own part is not readable.");
            }
        }
    }
}
