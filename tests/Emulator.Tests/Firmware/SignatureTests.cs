// Whose signature an image carries, and what the stage that checks it makes of that. The oracles: RFC 8032's test
// vectors, signatures made here with keys of our own, and the vendor's release.

using XousCloud.Emulator.Firmware;
using XousCloud.Tests.Shared;

namespace XousCloud.Emulator.Tests.Firmware;

public sealed class SignatureTests
{
    private static readonly byte[] authenticatorData = [.. Enumerable.Range(1, 37).Select(value => (byte)value)];

    private readonly SigningKey first = new(1, "key1");
    private readonly SigningKey second = new(2, "key2");

    [Fact]
    public void Ed25519_agrees_with_the_vectors_of_the_RFC()
    {
        byte[] key = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        Assert.True(Ed25519Signature.IsOf(key, signature, [0x72]));
        Assert.False(Ed25519Signature.IsOf(key, signature, [0x73]));
        signature[40] ^= 1;
        Assert.False(Ed25519Signature.IsOf(key, signature, [0x72]));
    }

    [Fact]
    public void Ed25519ph_agrees_with_the_vector_of_the_RFC()
    {
        byte[] key = Convert.FromHexString("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
        byte[] signature = Convert.FromHexString(
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
            + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
        byte[] hash = System.Security.Cryptography.SHA512.HashData("abc"u8);

        Assert.True(Ed25519Signature.IsOfHash(key, signature, hash));
        Assert.False(Ed25519Signature.IsOf(key, signature, "abc"u8));
        hash[0] ^= 1;
        Assert.False(Ed25519Signature.IsOfHash(key, signature, hash));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stage_signed_with_a_key_of_the_one_before_is_valid(bool token)
    {
        byte[] loader = SignedStage.Of(4);
        SignatureHeader header = HeaderOf(0x6006_0000, Boot1(), token ? first.SignWithToken(loader, authenticatorData) : first.Sign(loader));

        Assert.Equal((SignatureCheck.Valid, "key1", "boot1"), (header.SignatureCheck, header.SignedBy, header.CheckedBy));
    }

    [Fact]
    public void Kernel_swap_and_app_are_held_to_the_keys_of_the_loader_and_not_to_those_of_boot1()
    {
        byte[] loader = SignedStage.Of(4);
        second.PutInto(loader, 3);
        first.Sign(loader);
        FirmwareFile kernel = new("kernel", second.Sign(SignedStage.Of(0x100)));
        FirmwareFile swap = new("swap", new byte[0xD00].Concat(second.Sign(SignedStage.Of(0x8000))).ToArray());
        FirmwareFile app = new("app", first.Sign(SignedStage.Of(0x10_0000)));
        PreflightReport report = Import.Of(Boot1(), new("loader", loader), kernel, swap, app).Report;

        Assert.Equal(
            [
                ("boot1", SignatureCheck.None, null, "boot0"),
                ("loader or baremetal", SignatureCheck.Valid, "key1", "boot1"),
                ("kernel", SignatureCheck.Valid, "key2", "loader"),
                ("detached app", SignatureCheck.Invalid, null, "loader"),
                ("swap", SignatureCheck.Valid, "key2", "loader"),
            ],
            report.Headers.Select(header => (header.Place, header.SignatureCheck, header.SignedBy, header.CheckedBy)));
        Assert.Equal(
            [("not_signed", 0x6002_0000u), ("signature_invalid", 0x602F_FD00u)],
            report.Warnings.Where(warning => warning.Code is "not_signed" or "signature_invalid")
                .Select(warning => (warning.Code, warning.Address!.Value)));
    }

    [Fact]
    public void A_key_without_a_tag_is_no_key()
    {
        SigningKey untagged = new(3, "\0\0\0\0");
        byte[] boot1 = SignedStage.Of(2);
        untagged.PutInto(boot1, 0);
        Assert.Equal(
            SignatureCheck.Invalid,
            HeaderOf(0x6006_0000, new("boot1", boot1, 0x6002_0000), untagged.Sign(SignedStage.Of(6))).SignatureCheck);
    }

    [Theory]
    [InlineData(0x04)] // the signature's first half
    [InlineData(0x43)] // its last byte
    [InlineData(0x48)] // authenticator data
    [InlineData(0x98)] // anti-rollback
    [InlineData(0x200)] // the header's unused part
    [InlineData(0x300)] // the payload's first byte
    [InlineData(0x3FF)] // its last
    public void One_bit_that_is_changed_makes_a_signature_invalid(int offset)
    {
        byte[] stage = first.SignWithToken(SignedStage.Of(6), authenticatorData);
        stage[offset] ^= 0x10;
        FirmwareImage image = Import.Of(Boot1(), new FirmwareFile("stage", stage, 0x6006_0000));

        Assert.Equal(SignatureCheck.Invalid, image.Report.Headers[1].SignatureCheck);
        Assert.True(image.Warns("signature_invalid"));
    }

    [Fact]
    public void What_stands_behind_the_signed_part_does_not_matter()
    {
        byte[] stage = [.. first.Sign(SignedStage.Of(6)), 1, 2, 3];
        Assert.Equal(SignatureCheck.Valid, HeaderOf(0x6006_0000, Boot1(), stage).SignatureCheck);
    }

    [Theory]
    [InlineData(0x90, 0xFFFF_FFFFu)]
    [InlineData(0x90, 0x7FFF_FFFFu)]
    [InlineData(0x44, 61u)]
    [InlineData(0x44, 0xFFFF_FFFFu)]
    public void Lengths_that_are_impossible_make_a_signature_invalid(int offset, uint length)
    {
        byte[] stage = first.Sign(SignedStage.Of(6));
        Words.Put(stage, offset, length);
        Assert.Equal(SignatureCheck.Invalid, HeaderOf(0x6006_0000, Boot1(), stage).SignatureCheck);
    }

    [Theory]
    [InlineData("loader.uf2", "loader", "boot1")]
    [InlineData("xous.uf2", "kernel", "loader")]
    [InlineData("swap.uf2", "swap", "loader")]
    public void Each_file_of_the_badge_release_is_signed_with_the_key_beta(string file, string function, string checkedBy)
    {
        FirmwareImage image = Import.Of(
            Release("loader.uf2"), Release("xous.uf2"), Release("swap.uf2"));
        SignatureHeader header = image.Report.Headers.Single(header => header.FunctionName == function);

        Assert.Equal(("ed25519-fido2", SignatureCheck.Valid, "beta", checkedBy), (header.SignatureForm, header.SignatureCheck, header.SignedBy, header.CheckedBy));
        Assert.Contains(file, image.Report.Files.Select(known => known.Name));
        Assert.Empty(image.Report.Warnings);
    }

    [Fact]
    public void A_release_whose_loader_does_not_accept_its_kernels_key_says_which_key_it_is()
    {
        FirmwareImage image = Import.Of(
            new("loader", SignedStage.Of(4)), Release("xous.uf2"));
        SignatureHeader kernel = image.Report.Headers.Single(header => header.FunctionName == "kernel");

        Assert.Equal((SignatureCheck.OtherKey, "beta"), (kernel.SignatureCheck, kernel.SignedBy));
        Assert.True(image.Warns("signature_key_not_accepted"));
    }

    private static FirmwareFile Release(string name) => new(name, BadgeRelease.File(name));

    // A boot1 that accepts the first key alone.
    private FirmwareFile Boot1()
    {
        byte[] boot1 = SignedStage.Of(2);
        first.PutInto(boot1, 2);
        return new FirmwareFile("boot1", boot1, 0x6002_0000);
    }

    private static SignatureHeader HeaderOf(uint address, FirmwareFile before, byte[] stage) =>
        Import.Of(before, new FirmwareFile("stage", stage, address)).Report.Headers.Single(header => header.Address == address);
}
