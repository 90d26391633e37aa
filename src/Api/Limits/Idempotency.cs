// A creation may carry an Idempotency-Key: asked again with the same body, it answers with what was made the
// first time. The record is written in the same transaction as the thing itself, so a crash between the two
// cannot make it twice. Records are kept for a day.

using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Problems;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Limits;

/// <summary>Keys of creations.</summary>
internal sealed class Idempotency(IDbContextFactory<Database> databases, TimeProvider time)
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 200;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string Tenant, string Route, string Key), byte> inFlight = new();

    /// <summary>A request's key, or an empty string.</summary>
    public static string ReadKey(HttpRequest request)
    {
        string key = request.Headers[Header].ToString();
        return key.Length <= LongestKey ? key
            : throw Problem.Validation(Header, $"The key is longer than {LongestKey} characters.");
    }

    /// <summary>The key stands for something else.</summary>
    public static ProblemException Mismatch() => new(
        StatusCodes.Status422UnprocessableEntity, "idempotency_mismatch",
        "The key was used for a request with another body.", "Use a new key for a new request.");

    /// <summary>Creates something once.</summary>
    /// <param name="context">The request, with its key if it has one.</param>
    /// <param name="tenant">Whose request.</param>
    /// <param name="route">Which creation; keys of different routes are different keys.</param>
    /// <param name="body">What the request asks for.</param>
    /// <param name="create">Makes it; stores the record that it is given, if any, in the same transaction.</param>
    /// <param name="find">Finds what was made earlier.</param>
    public async Task<T> CreateAsync<T>(
        HttpContext context,
        string tenant,
        string route,
        ReadOnlyMemory<byte> body,
        Func<Func<string, IdempotencyRow>?, Task<T>> create,
        Func<string, Task<T>> find)
    {
        string key = ReadKey(context.Request);
        if (key.Length == 0)
        {
            return await create(null);
        }

        if (!inFlight.TryAdd((tenant, route, key), 0))
        {
            throw new ProblemException(
                StatusCodes.Status409Conflict, "idempotency_in_progress",
                "The same request is being worked on.", "Try again when the first has been answered.")
            {
                RetryAfter = 1,
            };
        }

        try
        {
            string bodyHash = Convert.ToHexStringLower(SHA256.HashData(body.Span));
            if (await FindAsync(tenant, route, key) is { } earlier)
            {
                if (earlier.BodyHash != bodyHash)
                {
                    throw Mismatch();
                }

                context.Response.Headers["Idempotency-Replayed"] = "true";
                return await find(earlier.ResourceId);
            }

            return await create(id => new IdempotencyRow
            {
                Tenant = tenant,
                Route = route,
                Key = key,
                BodyHash = bodyHash,
                ResourceId = id,
                CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
            });
        }
        finally
        {
            inFlight.TryRemove((tenant, route, key), out _);
        }
    }

    private async Task<IdempotencyRow?> FindAsync(string tenant, string route, string key)
    {
        long oldest = time.GetUtcNow().Subtract(Kept).ToUnixTimeMilliseconds();
        await using Database database = await databases.CreateDbContextAsync();
        await database.Idempotency.Where(row => row.CreatedAt < oldest).ExecuteDeleteAsync();
        return await database.Idempotency.AsNoTracking()
            .FirstOrDefaultAsync(row => row.Tenant == tenant && row.Route == route && row.Key == key);
    }
}
