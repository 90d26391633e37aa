// Who asks. A bearer key on every request; the hub's WebSocket cannot carry headers in a browser, so there and
// only there the key may come as access_token. Without any key on the server, a request that arrived over
// loopback is the built-in local tenant's.

using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using XousCloud.Api.Problems;

namespace XousCloud.Api.Tenancy;

/// <summary>Finds the tenant of a request.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HubPath = "/v1/hub";

    private const string BearerPrefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Key() is { } key)
        {
            return await keys.TenantOfAsync(key, Context.RequestAborted) is { } tenant
                ? Success(tenant)
                : AuthenticateResult.Fail("The key is unknown.");
        }

        bool local = !keys.AnyConfigured
            && Context.Connection.LocalIpAddress is { } address && IPAddress.IsLoopback(address.MapToIPv4OrSame());
        return local ? Success(ApiKeys.LocalTenant) : AuthenticateResult.NoResult();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"XousCloud\"";
        await ProblemResponses.WriteForStatusAsync(Context, StatusCodes.Status401Unauthorized);
    }

    private static AuthenticateResult Success(string tenant)
    {
        ClaimsIdentity identity = new([new Claim(ClaimTypes.NameIdentifier, tenant)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private string? Key()
    {
        string? header = Request.Headers.Authorization;
        if (header is not null && header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return header[BearerPrefix.Length..].Trim();
        }

        return Request.Path.StartsWithSegments(HubPath) && Request.Query.TryGetValue("access_token", out var token)
            ? token.ToString()
            : null;
    }
}

/// <summary>What handlers and the hub know of the caller.</summary>
internal static class Caller
{
    /// <summary>The tenant of an authenticated caller.</summary>
    public static string Tenant(this ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? throw new InvalidOperationException("The route is reachable without authentication.");

    /// <summary>An IPv4 address that came in IPv6 clothes, undressed.</summary>
    public static IPAddress MapToIPv4OrSame(this IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
