// How much is worked on at once. What goes beyond is answered with 429 and a time to come back, before it costs
// anything: ordinary requests, uploads (which hold whole files in memory), and the long ones (waits, follows),
// each counted apart so that none starves the others.

using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;

namespace XousCloud.Api.Limits;

/// <summary>The largest body that a route takes, in bytes.</summary>
internal sealed record BodyLimit(long Bytes);

/// <summary>Concurrency limits of requests.</summary>
internal static class RequestLimits
{
    public const string Ordinary = "ordinary";
    public const string Uploads = "uploads";
    public const string Streams = "streams";

    private const int RetryAfterSeconds = 2;

    public static void Configure(RateLimiterOptions options, LimitOptions limits)
    {
        options.AddConcurrencyLimiter(Ordinary, limiter =>
        {
            limiter.PermitLimit = limits.ConcurrentRequests;
            limiter.QueueLimit = limits.QueuedRequests;
        });
        options.AddConcurrencyLimiter(Uploads, limiter =>
        {
            limiter.PermitLimit = limits.ConcurrentUploads;
            limiter.QueueLimit = limits.QueuedUploads;
        });
        options.AddPolicy(Streams, context => RateLimitPartition.GetConcurrencyLimiter(
            context.User.Identity?.IsAuthenticated == true ? context.User.Tenant() : "",
            _ => new ConcurrencyLimiterOptions { PermitLimit = limits.StreamsPerTenant, QueueLimit = 0 }));
        options.OnRejected = async (rejected, _) => await ProblemResponses.WriteAsync(
            rejected.HttpContext,
            Problem.Capacity(
                "More requests are on their way than this server works on at once.",
                "Wait as long as Retry-After says, then try again.",
                RetryAfterSeconds));
    }

    /// <summary>Sets the limit of the request's body before anything reads it.</summary>
    public static Task LimitBodyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() is { } limit)
        {
            if (context.Request.ContentLength > limit.Bytes)
            {
                throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            {
                feature.MaxRequestBodySize = limit.Bytes;
            }
        }

        return next(context);
    }
}
