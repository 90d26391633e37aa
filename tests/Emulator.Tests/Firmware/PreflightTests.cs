using System.Text.Json;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class PreflightTests
{
    [Fact]
    public void The_entry_comes_from_the_first_rule_that_applies()
    {
        var boot0 = new FirmwareFile("boot0", new byte[4], 0x6000_0000);
        var next = new FirmwareFile("next", new byte[4], 0x6006_0000);
        var raw = new FirmwareFile("raw", new byte[4], 0x6010_0000);
        var uf2 = new FirmwareFile("uf2", Uf2.File(0x6020_0000, [1]));
        var elf = new FirmwareFile("elf", new ElfFile(new ElfSegment(0x6030_0000, [1])) { Entry = 0x6030_0000 }.ToBytes());

        FirmwareFile[] all = [uf2, raw, boot0, next, elf];
        Assert.Equal((0x6100_0000u, EntrySource.Caller), Entry(all, 0x6100_0000));
        Assert.Equal((0x6030_0000u, EntrySource.Elf), Entry(all));
        Assert.Equal((0x6006_0000u, EntrySource.NextStage), Entry(all[..4]));
        Assert.Equal((0x6000_0000u, EntrySource.ResetVector), Entry(all[..3]));
        Assert.Equal((0x6010_0000u, EntrySource.Raw), Entry(all[..2]));
        Assert.Equal((0x6020_0000u, EntrySource.LowestAddress), Entry(all[..1]));
    }

    [Theory]
    [InlineData(0x0000_0000u)]
    [InlineData(0x5000_0000u)]
    [InlineData(0x7000_0000u)]
    [InlineData(0xFFFF_FFFEu)]
    public void An_entry_where_the_core_cannot_run_is_refused(uint entry) =>
        Import.Refused("entry_outside_memory", () => Import.One([1], address: 0x6006_0000, entry: entry), $"0x{entry:X8}");

    [Fact]
    public void An_elf_entry_where_the_core_cannot_run_is_refused_unless_another_is_given()
    {
        byte[] elf = new ElfFile(new ElfSegment(0x6006_0000, [1])) { Entry = 0xFFD0_0000 }.ToBytes();
        Import.Refused("entry_outside_memory", () => Import.One(elf));
        Assert.Equal(0x6006_0000u, Import.One(elf, entry: 0x6006_0000).EntryPoint);
    }

    [Fact]
    public void An_odd_entry_is_refused() =>
        Import.Refused("entry_misaligned", () => Import.One([1], address: 0x6006_0000, entry: 0x6006_0001));

    [Fact]
    public void Content_that_the_core_cannot_reach_has_no_entry() =>
        Import.Refused("entry_unknown", () => Import.One(Uf2.File(0x7000_0000, [1])));

    [Fact]
    public void Two_elf_entries_are_refused_unless_one_is_given()
    {
        FirmwareFile[] files =
        [
            new("a", new ElfFile(new ElfSegment(0x6006_0000, [1])) { Entry = 0x6006_0000 }.ToBytes()),
            new("b", new ElfFile(new ElfSegment(0x6007_0000, [1])) { Entry = 0x6007_0000 }.ToBytes()),
        ];
        Import.Refused("entry_ambiguous", () => Import.Of(files), "0x60060000", "0x60070000");
        Assert.Equal(0x6007_0000u, FirmwareImage.Import(files, 0x6007_0000).EntryPoint);
    }

    [Fact]
    public void An_entry_with_nothing_loaded_is_a_warning()
    {
        Assert.True(Import.One([1], address: 0x6006_0000, entry: 0x6100_0000).Warns("entry_not_loaded"));
        Assert.False(Import.One([1], address: 0x6006_0000).Warns("entry_not_loaded"));
    }

    [Fact]
    public void The_digest_is_of_content_and_entry_alone()
    {
        FirmwareImage uf2 = Import.One(Uf2.File(0x6006_0000, [1, 2, 3, 4]), "a");
        FirmwareImage raw = Import.One([1, 2, 3, 4], "b", 0x6006_0000);

        // SHA-256 of "XousCloud firmware 1\0", entry, address, length, bytes; computed apart with Python's hashlib.
        Assert.Equal("4f5a772cc6ac6d58b6ddd19ad3bed1809105929ac361e0d930f11c77a1568000", uf2.Digest);
        Assert.Equal(uf2.Digest, raw.Digest);
        Assert.NotEqual(uf2.Digest, Import.One([1, 2, 3, 4], "b", 0x6006_0000, entry: 0x6006_0002).Digest);
        Assert.NotEqual(uf2.Digest, Import.One([1, 2, 3, 5], "b", 0x6006_0000).Digest);
        Assert.NotEqual(uf2.Digest, Import.One([1, 2, 3, 4], "b", 0x6006_0004, entry: 0x6006_0000).Digest);
    }

    [Fact]
    public void An_image_does_not_change_when_its_input_does()
    {
        byte[] input = [1, 2, 3, 4];
        FirmwareImage image = Import.One(input, "b", 0x6006_0000);
        input[0] = 9;
        Assert.Equal(1, image.Segments[0].Bytes.Span[0]);
    }

    [Fact]
    public void Ranges_are_named_after_the_parts_of_the_flash()
    {
        FirmwareImage image = Import.One(new byte[0x40_0000], "all", 0x6000_0000);

        Assert.Equal(
            [
                (0x6000_0000, "boot0"), (0x6002_0000, "boot1"), (0x6006_0000, "loader or baremetal"),
                (0x6009_FD00, "kernel"), (0x602F_FD00, "detached app"), (0x603D_A000, "one-way counters"),
                (0x603D_C000, "ACL table"), (0x603D_E000, "unused"), (0x603E_0000, "data slots"),
                (0x603F_0000, "former key bank"),
            ],
            image.Report.Writes.Select(write => (write.Address, write.Region)));
        Assert.Equal(0x40_0000, image.Report.Writes.Sum(write => write.Length));
        Assert.True(image.Warns("one_way_counters_written"));
        Assert.True(image.Warns("acl_table_written"));
        Assert.True(image.Warns("data_slots_written"));
    }

    [Fact]
    public void A_signed_kernel_that_reaches_into_the_app_area_is_all_kernel()
    {
        byte[] kernel = SignedStage.Of(0x100, 0x26_0000);
        PreflightWrite write = Assert.Single(Import.One(kernel).Report.Writes);
        Assert.Equal(("kernel", 0x6009_FD00u, (uint)kernel.Length), (write.Region, write.Address, write.Length));
    }

    [Fact]
    public void No_header_hides_the_counters()
    {
        byte[] kernel = SignedStage.Of(0x100, 0x34_1000);
        FirmwareImage image = Import.One(kernel);
        Assert.Equal(
            ["kernel", "one-way counters", "ACL table", "unused", "data slots"],
            image.Report.Writes.Select(write => write.Region).Take(5));
        Assert.True(image.Warns("one_way_counters_written"));
    }

    [Fact]
    public void Counters_are_only_warned_of_when_written() =>
        Assert.False(Import.One(new byte[0x37_A000], "storage", 0x6006_0000).Warns("one_way_counters_written"));

    [Fact]
    public void A_report_lists_only_so_many_ranges_and_says_how_many_more()
    {
        byte[] scattered = Uf2.Of([.. Enumerable.Range(0, 300).Select(index =>
            new Uf2Block(0x6006_0000 + ((uint)index * 8), [1]))]);
        FirmwareImage image = Import.One(scattered);

        Assert.Equal(300, image.Segments.Count);
        Assert.Equal((FirmwareLimits.ReportedWrites, 44), (image.Report.Writes.Count, image.Report.WritesLeftOut));
    }

    [Fact]
    public void A_signature_header_is_decoded_field_by_field()
    {
        byte[] stage = SignedStage.Of(5, 1000);
        stage[0x44] = 37;
        Words.Put(stage, 0x98, 7);
        Words.PutHalf(stage, 0x9C, 0, 9, 8, 791);
        Words.PutHalf(stage, 0xAC, 1, 2, 3, 4);
        Words.Put(stage, 0xAC + 8, 0xDEAD_BEEF, 1);
        Convert.FromHexString("1c9beae32aeac87507c18094387eff1c74614282affd8152d871352edf3f58bb").CopyTo(stage, 0xBC + 36);
        "dev "u8.CopyTo(stage.AsSpan(0xBC + 36 + 32));
        stage[0xBC + (3 * 36)] = 0x11;
        "bao1"u8.CopyTo(stage.AsSpan(0xBC + (3 * 36) + 32));
        stage[0x14C] = 0xAB;

        FirmwareImage image = Import.One(stage);
        SignatureHeader header = Assert.Single(image.Report.Headers);

        Assert.Equal((0x6006_0000u, "loader or baremetal"), (header.Address, header.Place));
        Assert.Equal((5u, "loader update", 7u, 0x100u), (header.Function, header.FunctionName, header.AntiRollback, header.Version));
        Assert.Equal((1636u, true), (header.SignedLength, header.SignedBytesPresent));
        Assert.Equal(("0.9.8-791", "1.2.3-4-gdeadbeef"), (header.MinimumSemver, header.Semver));
        Assert.Equal(("ed25519-fido2", 37u), (header.SignatureForm, header.AuthenticatorDataLength));
        Assert.Equal((SignatureCheck.None, null, "boot1"), (header.SignatureCheck, header.SignedBy, header.CheckedBy));
        Assert.Equal([(1, "dev", true), (3, "bao1", false)], header.NextStageKeys.Select(key => (key.Slot, key.Tag, key.Published)));
        Assert.Equal("ab" + new string('0', 38), header.ToolchainHash);
        Assert.True(image.Warns("header_key_unpublished"));
    }

    [Theory]
    [InlineData(0x00, 0x0000_0013u, "header_no_jump")]
    [InlineData(0x84, 0x200u, "header_version_unknown")]
    [InlineData(0x94, 0x100u, "header_function_unexpected")]
    [InlineData(0x90, 635u, "header_signed_length")]
    [InlineData(0x90, 893u, "header_signed_length")]
    [InlineData(0x90, 0xFFFF_FFFFu, "header_signed_length")]
    [InlineData(0x44, 61u, "header_authenticator_data")]
    public void What_boot_code_would_refuse_in_a_header_is_a_warning(int offset, uint value, string code)
    {
        byte[] stage = SignedStage.Of(6);
        Assert.Equal(["not_signed"], Import.One(stage, address: 0x6006_0000).Report.Warnings.Select(warning => warning.Code));
        Words.Put(stage, offset, value);
        PreflightWarning[] warnings = [.. Import.One(stage, address: 0x6006_0000).Report.Warnings.OrderBy(warning => warning.Code)];
        Assert.Equal([code, "not_signed"], warnings.Select(warning => warning.Code));
        Assert.Equal(0x6006_0000u, warnings[0].Address);
    }

    [Fact]
    public void An_unsigned_program_where_boot1_looks_is_a_warning()
    {
        Assert.True(Import.One(new byte[1000], address: 0x6006_0000).Warns("not_signed"));
        Assert.True(Import.One(SignedStage.Of(6)).Warns("not_signed"));
    }

    [Fact]
    public void Parts_of_a_system_ask_for_what_is_missing()
    {
        FirmwareFile loader = new("loader", SignedStage.Of(4));
        FirmwareFile kernel = new("xous", SignedStage.Of(0x100));
        FirmwareFile app = new("app", SignedStage.Of(0x10_0000));
        FirmwareFile swap = new("swap", new byte[0xD00].Concat(SignedStage.Of(0x8000)).ToArray());
        string[] asking = ["kernel_without_loader", "loader_without_kernel", "swap_without_system", "app_without_system"];
        string[] Asked(params FirmwareFile[] files) =>
            [.. Import.Of(files).Report.Warnings.Select(warning => warning.Code).Intersect(asking)];

        Assert.Equal(["kernel_without_loader"], Asked(kernel));
        Assert.Equal(["loader_without_kernel"], Asked(loader));
        Assert.Equal(["loader_without_kernel", "swap_without_system"], Asked(loader, swap));
        Assert.Equal(["kernel_without_loader", "app_without_system"], Asked(kernel, app));
        Assert.Empty(Asked(loader, kernel, swap, app));
    }

    [Fact]
    public void The_content_implies_the_board()
    {
        FirmwareFile loader = new("loader", SignedStage.Of(4));
        FirmwareFile swap = new("swap", new byte[0xD00].Concat(SignedStage.Of(0x8000)).ToArray());
        byte[] badge = SignedStage.Of(0x100);
        "Baosec-lite"u8.CopyTo(badge.AsSpan(800));

        Assert.Null(Import.Of(loader).Board);
        Assert.Null(Import.Of(loader, new("xous", SignedStage.Of(0x100))).Board);
        Assert.Equal("dabao", Import.Of(loader, new("app", SignedStage.Of(0x10_0000))).Board);
        Assert.Equal("baosec", Import.Of(loader, swap).Board);
        Assert.Equal("dc34-badge", Import.Of(loader, swap, new("xous", badge)).Board);
    }

    [Fact]
    public void A_report_serialises_with_words_for_its_kinds_and_back()
    {
        PreflightReport report = Import.One(SignedStage.Of(6), "app.img").Report;
        string json = JsonSerializer.Serialize(report, JsonSerializerOptions.Web);

        Assert.Contains("\"format\":\"raw\"", json, StringComparison.Ordinal);
        Assert.Contains("\"memory\":\"rram\"", json, StringComparison.Ordinal);
        Assert.Contains("\"entrySource\":\"nextStage\"", json, StringComparison.Ordinal);
        PreflightReport again = JsonSerializer.Deserialize<PreflightReport>(json, JsonSerializerOptions.Web)!;
        Assert.Equal(json, JsonSerializer.Serialize(again, JsonSerializerOptions.Web));
    }

    private static (uint, EntrySource) Entry(FirmwareFile[] files, uint? entry = null)
    {
        FirmwareImage image = FirmwareImage.Import(files, entry);
        return (image.EntryPoint, image.Report.EntrySource);
    }
}
