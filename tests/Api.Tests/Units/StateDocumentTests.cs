using System.Security.Cryptography;
using System.Text;
using XousCloud.Api.Snapshots;
using XousCloud.Emulator;

namespace XousCloud.Api.Tests.Units;

/// <summary>Snapshot documents, whole and hostile.</summary>
public sealed class StateDocumentTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    private static readonly StateDocument Whole = new(
        new string('d', 64),
        "dabao",
        0xfedc_ba98_7654_3210,
        FactorySettings.Parse("85=1"),
        [1, 2, 3, 4],
        [new PageReference(0x61000000, ContentHash.Of([1])), new PageReference(0x61001000, ContentHash.Of([2]))],
        [new ConsoleContent(ConsolePort.Uart2, 5, 9, [ContentHash.Of([3])])],
        new HostState([new UnmodelledAccess("TRNG+0x10", 0x4002e010, true, 7, 0x60060000, 99)], true));

    [Fact]
    public void A_document_says_when_it_is_read_what_was_written()
    {
        StateDocument read = StateDocument.Read(Whole.ToBytes(Key, "alice"), Key, "alice");
        Assert.Equal((Whole.ImageDigest, Whole.BoardId, Whole.Seed), (read.ImageDigest, read.BoardId, read.Seed));
        Assert.Equal(Whole.Factory, read.Factory);
        Assert.Equal(Whole.Units, read.Units);
        Assert.Equal(Whole.Pages, read.Pages);
        Assert.Equal((5ul, 9ul), (read.Consoles[0].First, read.Consoles[0].Length));
        Assert.Equal(Whole.Consoles[0].Chunks, read.Consoles[0].Chunks);
        Assert.Equal(Whole.Host.Unmodelled, read.Host.Unmodelled);
        Assert.True(read.Host.ResumeAfterReset);
    }

    [Fact]
    public void Any_change_of_any_bit_is_refused()
    {
        byte[] document = Whole.ToBytes(Key, "alice");
        for (int index = 0; index < document.Length; index++)
        {
            document[index] ^= 0x10;
            Assert.Throws<SnapshotFormatException>(() => StateDocument.Read(document, Key, "alice"));
            document[index] ^= 0x10;
        }
    }

    [Fact]
    public void Another_tenants_document_and_another_servers_are_refused()
    {
        byte[] document = Whole.ToBytes(Key, "alice");
        Assert.Equal(
            "snapshot_authentication",
            Assert.Throws<SnapshotFormatException>(() => StateDocument.Read(document, Key, "bob")).Code);
        Assert.Throws<SnapshotFormatException>(() => StateDocument.Read(document, new byte[32], "alice"));
        Assert.Throws<SnapshotFormatException>(() => StateDocument.Read([], Key, "alice"));
        Assert.Throws<SnapshotFormatException>(() => StateDocument.Read(new byte[5 * 1024 * 1024], Key, "alice"));
    }

    [Fact]
    public void Nonsense_under_a_good_authenticator_is_refused_and_nothing_worse()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        byte[] good = Whole.ToBytes(Key, "alice")[..^32];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = good[..random.Next(7, good.Length + 1)];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                bad[random.Next(6, bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = StateDocument.Read(Sign(bad), Key, "alice");
            }
            catch (SnapshotFormatException)
            {
                // Refused with a code, as it should be.
            }
        }
    }

    [Fact]
    public void A_section_of_a_later_version_is_skipped()
    {
        byte[] document = [.. Whole.ToBytes(Key, "alice")[..^32], 0x34, 0x12, 2, 0, 0, 0, 9, 9];
        Assert.Equal(Whole.Pages, StateDocument.Read(Sign(document), Key, "alice").Pages);
    }

    private static byte[] Sign(byte[] content) =>
        [.. content, .. HMACSHA256.HashData(Key, (byte[])[.. Encoding.UTF8.GetBytes("alice"), 0, .. content])];
}
