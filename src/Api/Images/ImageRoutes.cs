using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using XousCloud.Api.Limits;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api.Images;

/// <summary>/v1/images</summary>
internal static class ImageRoutes
{
    // Multipart framing around the files.
    private const long FramingBytes = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes, LimitOptions limits)
    {
        RouteGroupBuilder group = routes.MapGroup("/images").WithTags("Images");
        group.MapPost("/", Create)
            .WithSummary("Upload firmware: one or more parts `file` (UF2, ELF32 or raw binary).")
            .WithDescription("""
                curl -F file=@hello.uf2 http://localhost:5080/v1/images
                A raw binary needs its address: -F address=0x60060000, or a file name that ends in @0x60060000.
                Errors: image_*, uf2_*, elf_*, address_outside_memory (400) say which file and where; body_too_large (413); capacity (429).
                """)
            .Accepts<ImageForm>("multipart/form-data")
            .WithMetadata(new BodyLimit(limits.ImageBytes + FramingBytes))
            .RequireRateLimiting(RequestLimits.Uploads);
        group.MapGet("/", List).WithSummary("List images, newest first.");
        group.MapGet("/{id}", Get).WithSummary("One image and what its import reported.");
        group.MapDelete("/{id}", Delete).WithSummary("Delete an image that no device or snapshot needs.");
    }

    private static async Task<Created<ImageResource>> Create(
        HttpContext context, ClaimsPrincipal user, ImageLibrary library, Idempotency idempotency,
        IOptions<LimitOptions> limits)
    {
        ImageUpload upload = await ImageUpload.ReadAsync(context.Request, limits.Value);
        string tenant = user.Tenant();
        ImageResource image = await idempotency.CreateAsync(
            context,
            tenant,
            "images",
            context.Request.Headers.ContainsKey(Idempotency.Header) ? upload.Identity() : default,
            record => library.AddAsync(tenant, upload, record),
            id => library.GetAsync(tenant, id));
        return TypedResults.Created($"/v1/images/{image.Id}", image);
    }

    private static async Task<Ok<Page<ImageResource>>> List(
        ClaimsPrincipal user, ImageLibrary library, int? limit, string? cursor) =>
        TypedResults.Ok(await library.ListAsync(user.Tenant(), Cursor.Read(cursor), Cursor.ReadLimit(limit)));

    private static async Task<Ok<ImageResource>> Get(ClaimsPrincipal user, ImageLibrary library, string id) =>
        TypedResults.Ok(await library.GetAsync(user.Tenant(), id));

    private static async Task<NoContent> Delete(ClaimsPrincipal user, ImageLibrary library, string id)
    {
        await library.DeleteAsync(user.Tenant(), id);
        return TypedResults.NoContent();
    }

    /// <summary>The form of an upload, for the API's description.</summary>
    private sealed record ImageForm(IFormFileCollection File, string? Name, string? Entry, string? Address);
}
