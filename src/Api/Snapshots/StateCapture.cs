// A state taken from a running device, on its way to the database: hashing and compressing happen here, off
// the threads that run devices. Only content that the owner did not have before is compressed and stored.

using System.IO.Compression;
using XousCloud.Emulator;

namespace XousCloud.Api.Snapshots;

/// <summary>Everything that a document is made of, before it is one.</summary>
internal sealed record StateCapture(
    MachineSnapshot Machine, IReadOnlyList<CapturedConsole> Consoles, HostState Host)
{
    /// <summary>Makes the document, and the content that it needs beyond what is known to be stored.</summary>
    public (StateDocument Document, Dictionary<ContentHash, byte[]> Added) Prepare(IReadOnlySet<ContentHash> stored)
    {
        Dictionary<ContentHash, byte[]> added = [];
        List<PageReference> pages = new(Machine.Pages.Count);
        foreach ((uint address, byte[] content) in Machine.Pages)
        {
            pages.Add(new PageReference(address, Store(content, stored, added)));
        }

        List<ConsoleContent> consoles = [];
        foreach (CapturedConsole console in Consoles)
        {
            List<ContentHash> chunks = [];
            for (int start = 0; start < console.Retained.Length;)
            {
                ulong offset = console.First + (ulong)start;
                int length = Math.Min(
                    StateDocument.ChunkSize - (int)(offset % StateDocument.ChunkSize), console.Retained.Length - start);
                chunks.Add(Store(console.Retained.AsSpan(start, length), stored, added));
                start += length;
            }

            consoles.Add(new ConsoleContent(
                console.Port, console.First, console.First + (ulong)console.Retained.Length, chunks));
        }

        StateDocument document = new(
            Machine.ImageDigest, Machine.BoardId, Machine.Seed, Machine.Factory, Machine.Units, pages, consoles, Host);
        return (document, added);
    }

    private static ContentHash Store(
        ReadOnlySpan<byte> content, IReadOnlySet<ContentHash> stored, Dictionary<ContentHash, byte[]> added)
    {
        ContentHash hash = ContentHash.Of(content);
        if (!stored.Contains(hash) && !added.ContainsKey(hash))
        {
            added.Add(hash, ContentCompression.Compress(content));
        }

        return hash;
    }
}

/// <summary>A port's retained bytes and the offset of the first.</summary>
internal sealed record CapturedConsole(ConsolePort Port, ulong First, byte[] Retained);

/// <summary>Brotli at its fastest; what it unpacks to is bounded.</summary>
internal static class ContentCompression
{
    private const int Quality = 1;
    private const int Window = 16;

    public static byte[] Compress(ReadOnlySpan<byte> content)
    {
        byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        if (!BrotliEncoder.TryCompress(content, compressed, out int written, Quality, Window))
        {
            throw new InvalidOperationException("Brotli did not keep to its own maximum length.");
        }

        return compressed[..written];
    }

    /// <summary>Unpacks content and holds it against its hash.</summary>
    /// <exception cref="SnapshotFormatException">It is not what the hash says, or larger than a page.</exception>
    public static byte[] Expand(byte[] compressed, ContentHash hash)
    {
        byte[] content = new byte[StateDocument.ChunkSize];
        if (!BrotliDecoder.TryDecompress(compressed, content, out int written)
            || ContentHash.Of(content.AsSpan(0, written)) != hash)
        {
            throw new SnapshotFormatException("snapshot_content", "A stored page is not what its hash says.");
        }

        return content[..written];
    }
}
