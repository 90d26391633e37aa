// What has to be true of the database before the first request: locked for this server, migrated, with the
// server's own key in it.

using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace XousCloud.Api.Storage;

/// <summary>Opens the database for this server.</summary>
internal sealed class DatabaseStart(
    StorageChoice choice,
    IDbContextFactory<Database> databases,
    IHostApplicationLifetime lifetime,
    ILogger<DatabaseStart> log) : IAsyncDisposable
{
    private const string AuthenticationKeyName = "state-documents";
    private IAsyncDisposable? held;
    private byte[]? authenticationKey;

    /// <summary>Authenticates checkpoints and snapshots; 32 bytes.</summary>
    public byte[] AuthenticationKey =>
        authenticationKey ?? throw new InvalidOperationException("The database is not open yet.");

    public async Task OpenAsync(CancellationToken cancellation)
    {
        held = await choice.LockAsync(Lost, cancellation);
        await using Database database = await databases.CreateDbContextAsync(cancellation);
        if (!choice.IsPostgres)
        {
            await DropAbandonedMigrationLockAsync(database, cancellation);
        }

        await database.Database.MigrateAsync(cancellation);
        authenticationKey = await KeyAsync(database, cancellation);
        log.LogInformation("Storage is {Storage}", choice.Description);
    }

    public async ValueTask DisposeAsync()
    {
        if (held is not null)
        {
            await held.DisposeAsync();
            held = null;
        }
    }

    // Another server may begin to run the same devices at any moment.
    private void Lost()
    {
        log.LogCritical("The connection that keeps other servers from this database broke; stopping");
        lifetime.StopApplication();
    }

    // EF's lock on SQLite is a row, which a killed process leaves behind. We hold the real lock, so it is nobody's.
    private static async Task DropAbandonedMigrationLockAsync(Database database, CancellationToken cancellation) =>
        await database.Database.ExecuteSqlRawAsync(
            """DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellation);

    private static async Task<byte[]> KeyAsync(Database database, CancellationToken cancellation)
    {
        ServerKeyRow? row = await database.ServerKeys.FindAsync([AuthenticationKeyName], cancellation);
        if (row is null)
        {
            row = new ServerKeyRow { Name = AuthenticationKeyName, Value = RandomNumberGenerator.GetBytes(32) };
            database.ServerKeys.Add(row);
            await database.SaveChangesAsync(cancellation);
        }

        return row.Value;
    }
}
