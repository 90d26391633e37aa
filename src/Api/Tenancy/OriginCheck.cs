// A page of another site may not use the visitor's server. The API has no cookies, but a server on loopback
// without keys trusts every local request, and a browser can be made to send one. So a request that names an
// origin must name ours, and such a server answers only to names that mean this machine (DNS rebinding).

using System.Net;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Tenancy;

/// <summary>Refuses requests that other sites caused.</summary>
internal static class OriginCheck
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !SameHost(origin, context.Request.Host))
        {
            throw new ProblemException(
                StatusCodes.Status403Forbidden, "origin_refused", "The request was caused by a page of another site.",
                "Open the page from this server's own address.");
        }

        ApiKeys keys = context.RequestServices.GetRequiredService<ApiKeys>();
        if (!keys.AnyConfigured && !MeansThisMachine(context.Request.Host))
        {
            throw new ProblemException(
                StatusCodes.Status403Forbidden, "host_refused",
                $"This server has no keys, so it answers to localhost only and not to '{context.Request.Host}'.",
                "Use http://localhost, or make a key with 'keys add NAME'.");
        }

        await next(context);
    }

    private static bool SameHost(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool MeansThisMachine(HostString host) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
