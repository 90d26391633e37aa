// The badge release over HTTP, with a damaged part: where its boot ends is told. The files are not in the repository; see
// BadgeRelease.

using System.Net;
using System.Text.Json;
using XousCloud.Api.Tests.Support;
using XousCloud.Tests.Shared;

namespace XousCloud.Api.Tests;

public sealed class BadgeReleaseTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private readonly ApiClient alice = server.Alice;

    [Fact]
    public async Task A_kernel_with_one_bit_changed_stops_in_the_loader()
    {
        byte[] kernel = BadgeRelease.File("xous.uf2");
        kernel[(5000 * 512) + 100] ^= 1; // in the payload of a block
        Answer image = await alice.Upload(
            ("loader.uf2", BadgeRelease.File("loader.uf2")), ("xous.uf2", kernel), ("swap.uf2", BadgeRelease.File("swap.uf2")));
        Assert.Equal(
            ["valid", "invalid", "valid"],
            image.Expect(HttpStatusCode.Created).Json.GetProperty("report").GetProperty("headers").EnumerateArray()
                .Select(header => header.GetProperty("signatureCheck").GetString()));

        string device = await alice.CreateDevice(image.Id, start: true);
        JsonElement waited = (await alice.Get($"devices/{device}/wait?boot=stopped,services&timeout=60")).Expect(HttpStatusCode.OK).Json;
        Assert.True(waited.GetProperty("met").GetBoolean());
        JsonElement boot = waited.GetProperty("device").GetProperty("boot");
        Assert.Equal("loader", boot.GetProperty("stage").GetString());
        Assert.Equal("kernel_signature", boot.GetProperty("guard").GetProperty("code").GetString());
        Assert.Contains(
            "Kernel failed signature check. Dying", boot.GetProperty("lastText").GetProperty("uart2").GetString(),
            StringComparison.Ordinal);
    }
}
