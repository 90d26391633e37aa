using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class ImagesOnSqlite(SqliteServer server) : ImageTests(server), IClassFixture<SqliteServer>;

public sealed class ImagesOnPostgres(PostgresServer server) : ImageTests(server), IClassFixture<PostgresServer>;

/// <summary>Uploads, good and bad.</summary>
public abstract class ImageTests(TestServer server)
{
    private const uint Family = 0xA7D76373;
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task An_upload_is_reported_on_before_anything_runs()
    {
        Answer created = (await alice.Upload([("boot.bin", Programs.Loop)], [("address", "0x60060000"), ("name", "mine")]))
            .Expect(HttpStatusCode.Created);
        Assert.Equal($"/v1/images/{created.Id}", created.Headers.Location!.ToString());
        JsonElement image = (await alice.Get(created.Headers.Location.ToString())).Json;
        Assert.Equal("mine", image.GetProperty("name").GetString());
        Assert.Equal("raw", image.GetProperty("files")[0].GetProperty("format").GetString());
        Assert.Equal(4, image.GetProperty("size").GetInt64());
        JsonElement write = image.GetProperty("report").GetProperty("writes")[0];
        Assert.Equal(0x60060000u, write.GetProperty("address").GetUInt32());
        Assert.Equal(64, image.GetProperty("digest").GetString()!.Length);
    }

    [Fact]
    public async Task The_same_files_give_the_same_digest_and_a_raw_file_may_name_its_address()
    {
        Answer left = await alice.Upload([("a.bin", Programs.Loop)], [("address", "0x60060000")]);
        Answer right = await alice.Upload(("b.bin@0x60060000", Programs.Loop));
        Assert.Equal(
            left.Expect(HttpStatusCode.Created).Json.GetProperty("digest").GetString(),
            right.Expect(HttpStatusCode.Created).Json.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task An_image_that_a_device_or_a_snapshot_needs_cannot_be_deleted()
    {
        string image = await alice.UploadProgram(Programs.Loop);
        string device = await alice.CreateDevice(image);
        string snapshot = (await alice.Post($"devices/{device}/snapshots", new { })).Expect(HttpStatusCode.Created).Id;
        (await alice.Delete($"images/{image}")).ExpectProblem(HttpStatusCode.Conflict, "image_in_use");
        (await alice.Delete($"devices/{device}")).Expect(HttpStatusCode.NoContent);
        (await alice.Delete($"images/{image}")).ExpectProblem(HttpStatusCode.Conflict, "image_in_use");
        (await alice.Delete($"snapshots/{snapshot}")).Expect(HttpStatusCode.NoContent);
        (await alice.Delete($"images/{image}")).Expect(HttpStatusCode.NoContent);
        (await alice.Get($"images/{image}")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("truncated", "uf2_truncated")]
    [InlineData("family", "uf2_wrong_family")]
    [InlineData("outside", "address_outside_memory")]
    public async Task A_bad_UF2_is_refused_with_its_fault(string fault, string code)
    {
        byte[] file = fault switch
        {
            "truncated" => Uf2(0x60060000, Family)[..300],
            "family" => Uf2(0x60060000, 0xE48BFF56),
            _ => Uf2(0x10000000, Family),
        };
        (await alice.Upload(("bad.uf2", file))).ExpectProblem(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task An_ELF_of_another_machine_and_one_with_endless_headers_are_refused()
    {
        byte[] elf = new byte[52];
        byte[] magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1];
        magic.CopyTo(elf, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(18), 40); // ARM
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(20), 1);
        (await alice.Upload(("arm.elf", elf))).ExpectProblem(HttpStatusCode.BadRequest, "elf_wrong_machine");

        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(18), 243); // RISC-V
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(28), 52);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(42), 32);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(44), 0xffff);
        (await alice.Upload(("huge.elf", elf))).ExpectProblem(HttpStatusCode.BadRequest, "elf_too_many_headers");
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..\\\\boot.bin")]
    [InlineData("folder/boot.bin")]
    public async Task A_path_in_a_file_name_is_refused(string name)
    {
        (await alice.Upload([(name, Programs.Loop)], [("address", "0x60060000")]))
            .ExpectProblem(HttpStatusCode.BadRequest, "image_file_name");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        (await alice.Upload([("big.bin", new byte[(16 * 1024 * 1024) + 1])], [("address", "0x60000000")]))
            .ExpectProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused()
    {
        (await alice.PostText("images", "application/json", "{}"))
            .ExpectProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        (await alice.PostText("images", "multipart/form-data; boundary=x", "nonsense"))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Upload([], [("name", "empty")])).ExpectProblem(HttpStatusCode.BadRequest, "validation");
        (await alice.Upload([("a", Programs.Loop)], [("address", "0x160060000")]))
            .ExpectProblem(HttpStatusCode.BadRequest, "validation");
    }

    private static byte[] Uf2(uint address, uint family)
    {
        byte[] block = new byte[512];
        uint[] header = [0x0A324655, 0x9E5D5157, 0x2000, address, 256, 0, 1, family];
        for (int word = 0; word < header.Length; word++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(word * 4), header[word]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(508), 0x0AB16F30);
        return block;
    }
}
