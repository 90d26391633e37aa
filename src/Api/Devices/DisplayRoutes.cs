using System.Security.Claims;
using BigGustave;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api.Devices;

/// <summary>What a device's display shows at one moment.</summary>
/// <param name="Changes">Counts up with what is seen; the same count is the same picture.</param>
/// <param name="Png">The picture, a pixel for a pixel.</param>
internal sealed record DisplayPicture(ulong Changes, byte[] Png)
{
    /// <summary>Takes the picture, on the device's turn; null where the board has no display.</summary>
    /// <param name="device">The device.</param>
    /// <param name="unless">A count whose picture is known already: it is not taken again.</param>
    public static DisplayPicture? Take(DeviceActor device, ulong? unless = null)
    {
        if (device.Machine.Display is not { } display || display.Changes == unless)
        {
            return null;
        }

        byte[] pixels = new byte[display.Width * display.Height];
        display.Read(pixels);
        PngBuilder picture = PngBuilder.Create(display.Width, display.Height, hasAlphaChannel: false);
        for (int i = 0; i < pixels.Length; i++)
        {
            picture.SetPixel(pixels[i], pixels[i], pixels[i], i % display.Width, i / display.Width);
        }

        return new DisplayPicture(display.Changes, picture.Save());
    }
}

/// <summary>/v1/devices/{id}/display</summary>
internal static class DisplayRoutes
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/devices/{id}/display", Get)
        .WithTags("Inspection")
        .WithSummary("What the board's display shows, as PNG, a pixel for a pixel; upright, a display that is off is black.")
        .WithDescription("""
            curl -o display.png .../v1/devices/{id}/display
            The ETag changes with the picture: If-None-Match is answered with 304 while it is the same. A board
            without a display: 404 no_display. Live pictures: the hub's `display`.
            """)
        .Produces<byte[]>(StatusCodes.Status200OK, "image/png")
        .Produces(StatusCodes.Status304NotModified);

    private static async Task<FileContentHttpResult> Get(ClaimsPrincipal user, DeviceFleet fleet, string id)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        DisplayPicture picture = await device.AskAsync(actor => DisplayPicture.Take(actor)) ?? throw new ProblemException(
            StatusCodes.Status404NotFound, "no_display",
            $"The board '{device.Identity.Board.Id}' has no display.", "Make the device of a board that has one; a device's `display` says so.");
        return TypedResults.Bytes(
            picture.Png, "image/png", entityTag: new EntityTagHeaderValue($"\"{picture.Changes}\""));
    }
}
