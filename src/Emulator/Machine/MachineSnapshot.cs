// A machine's state as a document: the units' sections, and the pages of memory that differ from the image.
//
// The units' bytes: "XCST", format version (u16), then sections of {id u32, length u32, bytes}. A reader
// skips a section whose id it does not know and leaves a unit without a section as reset left it.

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator;

/// <summary>A saved state.</summary>
/// <param name="ImageDigest">The image that unlisted pages come from.</param>
/// <param name="BoardId">The board.</param>
/// <param name="Seed">The device's seed.</param>
/// <param name="Factory">The device's factory settings.</param>
/// <param name="Units">The units' sections.</param>
/// <param name="Pages">Pages of 4 KiB that differ from the image, in the order of regions.</param>
public sealed record MachineSnapshot(
    string ImageDigest,
    string BoardId,
    ulong Seed,
    FactorySettings Factory,
    byte[] Units,
    IReadOnlyList<(uint Address, byte[] Content)> Pages);

internal static class SnapshotSections
{
    private const ushort Version = 1;
    private const int HeaderLength = 6;
    private const int SectionHeaderLength = 8;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("XCST");

    /// <summary>Splits the units' bytes into sections.</summary>
    /// <exception cref="SnapshotFormatException">They are not in the form above.</exception>
    public static IReadOnlyDictionary<SectionId, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> units)
    {
        if (units.Length < HeaderLength || !units.Span[..4].SequenceEqual(Magic))
        {
            throw new SnapshotFormatException("snapshot_magic", "The bytes are not a machine's state.");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(units.Span[4..]);
        if (version != Version)
        {
            throw new SnapshotFormatException(
                "snapshot_version", $"The state is of format {version}; this engine reads {Version}.");
        }

        Dictionary<SectionId, ReadOnlyMemory<byte>> sections = [];
        ReadOnlyMemory<byte> rest = units[HeaderLength..];
        while (rest.Length > 0)
        {
            if (rest.Length < SectionHeaderLength)
            {
                throw new SnapshotFormatException("snapshot_truncated", "A section's header reaches beyond the end.");
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]);
            if (length > (uint)(rest.Length - SectionHeaderLength))
            {
                throw new SnapshotFormatException("snapshot_truncated", "A section reaches beyond the end.");
            }

            SectionId id = (SectionId)BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
            if (!sections.TryAdd(id, rest.Slice(SectionHeaderLength, (int)length)))
            {
                throw new SnapshotFormatException("snapshot_section_twice", $"Section {(uint)id} stands twice.");
            }

            rest = rest[(SectionHeaderLength + (int)length)..];
        }

        return sections;
    }

    public sealed class Writer
    {
        private readonly ArrayBufferWriter<byte> bytes = new();

        public Writer()
        {
            bytes.Write(Magic);
            bytes.Write([(byte)Version, (byte)(Version >> 8)]);
        }

        public void Add(SectionId id, Action<StateStream> visit)
        {
            StateWriter section = new();
            visit(section);
            Span<byte> header = stackalloc byte[SectionHeaderLength];
            BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)id);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)section.Written.Length);
            bytes.Write(header);
            bytes.Write(section.Written.Span);
        }

        public byte[] ToBytes() => bytes.WrittenSpan.ToArray();
    }
}
