// API keys: "xc_" and 256 random bits. Only their SHA-256 is stored; a key that good needs no slow hash.

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Tenancy;

/// <summary>A key in the configuration, in the list `ApiKeys`.</summary>
internal sealed class ConfiguredKey
{
    public string Name { get; set; } = "";

    /// <summary>Whose requests it makes; the name where none is given.</summary>
    public string? Tenant { get; set; }

    /// <summary>SHA-256 of the key, hex.</summary>
    public string Hash { get; set; } = "";
}

/// <summary>Who may come in.</summary>
internal sealed class ApiKeys(IDbContextFactory<Database> databases, IConfiguration configuration) : IDisposable
{
    public const string Prefix = "xc_";

    /// <summary>The tenant of a server on loopback that has no keys.</summary>
    public const string LocalTenant = "local";

    private const int LongestKey = 128;
    private const int ConcurrentLookUps = 4;

    private readonly ConcurrentDictionary<string, string> known = new();

    // A flood of wrong keys shall not take the database's connections from those with right ones.
    private readonly SemaphoreSlim lookUps = new(ConcurrentLookUps);

    /// <summary>Whether any key exists; without one, only requests over loopback are served.</summary>
    public bool AnyConfigured { get; private set; }

    /// <summary>Reads the keys that there are at the start. Keys that are added later are found when they are used.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (ConfiguredKey key in configuration.GetSection("ApiKeys").Get<ConfiguredKey[]>() ?? [])
        {
            if (key.Hash.Length != 64 || key.Name.Length == 0)
            {
                throw new InvalidOperationException(
                    "Each entry of ApiKeys needs a Name and a Hash of 64 hex digits (SHA-256 of the key).");
            }

            known[key.Hash.ToLowerInvariant()] = key.Tenant ?? key.Name;
        }

        await using Database database = await databases.CreateDbContextAsync(cancellation);
        await foreach (ApiKeyRow row in database.ApiKeys.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellation))
        {
            known[row.Hash] = row.Tenant;
        }

        AnyConfigured = !known.IsEmpty;
    }

    /// <summary>The tenant of a key, or null when there is no such key.</summary>
    public async Task<string?> TenantOfAsync(string key, CancellationToken cancellation)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length > LongestKey)
        {
            return null;
        }

        string hash = HashOf(key);
        if (known.TryGetValue(hash, out string? tenant))
        {
            return tenant;
        }

        await lookUps.WaitAsync(cancellation);
        try
        {
            await using Database database = await databases.CreateDbContextAsync(cancellation);
            tenant = await database.ApiKeys.Where(row => row.Hash == hash).Select(row => row.Tenant)
                .FirstOrDefaultAsync(cancellation);
        }
        finally
        {
            lookUps.Release();
        }

        if (tenant is not null)
        {
            known[hash] = tenant;
        }

        return tenant;
    }

    /// <summary>Makes a key.</summary>
    /// <param name="database">Where it is remembered.</param>
    /// <param name="name">The key's name, and its tenant's.</param>
    /// <returns>The key, which can never be had again.</returns>
    public static async Task<string> AddAsync(Database database, string name)
    {
        string key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        database.ApiKeys.Add(new ApiKeyRow
        {
            Id = ResourceId.New("key"),
            Tenant = name,
            Name = name,
            Hash = HashOf(key),
            CreatedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
        });
        await database.SaveChangesAsync();
        return key;
    }

    public void Dispose() => lookUps.Dispose();

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
