// The device lab's page, as files: from wwwroot where it was published with the server, else from the folder
// that `Web:Root` names. Everything it loads and connects to is this server's own.

using Microsoft.Extensions.FileProviders;

namespace XousCloud.Api.Page;

/// <summary>Serves the page, and the headers that keep it to itself.</summary>
internal static class WebPage
{
    // xterm.js measures and colours its rows through style elements.
    private const string Policy =
        "default-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        + "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Use(WebApplication app)
    {
        string published = Path.Combine(app.Environment.ContentRootPath, "wwwroot");
        string? root = Directory.Exists(published) ? published : app.Configuration["Web:Root"];
        if (root is null || !Directory.Exists(root))
        {
            app.Logger.LogWarning("There is no page: publish it to wwwroot, or name its folder in Web:Root");
            return;
        }

        PhysicalFileProvider files = new(Path.GetFullPath(root));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Path.StartsWithSegments("/assets")
                    ? "public, max-age=31536000, immutable"
                    : "no-cache",
        });
    }

    public static Task AddHeadersAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }
}
