// Which database, and the one server that may use it. Two servers on one database would run every device
// twice, so the first keeps a lock for as long as its process lives: an advisory lock on PostgreSQL, an
// exclusively opened file beside the SQLite database.

using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace XousCloud.Api.Storage;

/// <summary>PostgreSQL when a connection string is given, SQLite in a folder otherwise.</summary>
internal sealed class StorageChoice
{
    private const long AdvisoryLock = 0x586f7573436c6f75; // "XousClou"
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(20);

    private readonly string? postgres;
    private readonly string folder;

    public StorageChoice(IConfiguration configuration, string contentRoot)
    {
        string? connection = configuration.GetConnectionString("Postgres");
        connection = string.IsNullOrWhiteSpace(connection) ? configuration["XOUSCLOUD_POSTGRES"] : connection;
        postgres = string.IsNullOrWhiteSpace(connection) ? null : connection;
        folder = Path.GetFullPath(
            configuration["Data"] ?? configuration["XOUSCLOUD_DATA"] ?? Path.Combine(contentRoot, "data"));
    }

    /// <summary>For logs: no secrets.</summary>
    public string Description => postgres is null ? $"SQLite in {folder}" : "PostgreSQL";

    public bool IsPostgres => postgres is not null;

    public void Configure(DbContextOptionsBuilder options)
    {
        if (postgres is not null)
        {
            options.UseNpgsql(postgres, npgsql => npgsql.MigrationsAssembly(typeof(Database).Assembly));
            return;
        }

        Directory.CreateDirectory(folder);
        SqliteConnectionStringBuilder connection = new()
        {
            DataSource = Path.Combine(folder, "xouscloud.db"),
            ForeignKeys = true,
            DefaultTimeout = 30,
        };
        options.UseSqlite(
            connection.ToString(), sqlite => sqlite.MigrationsAssembly(typeof(Database).Assembly));
        options.AddInterceptors(SqliteDurability.Instance);
    }

    /// <summary>Takes the lock that says: this server alone uses the database.</summary>
    /// <param name="lost">Called when the lock is lost while it is held: the connection to the database broke.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidOperationException">Another server holds it.</exception>
    public async Task<IAsyncDisposable> LockAsync(Action lost, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(LockPatience);
        while (true)
        {
            IAsyncDisposable? held = postgres is null
                ? TryLockFile()
                : await TryLockPostgresAsync(postgres, lost, cancellation);
            if (held is not null)
            {
                return held;
            }

            try
            {
                await Task.Delay(100, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new InvalidOperationException(
                    $"Another server uses this database ({Description}). Stop it, or give this one its own.");
            }
        }
    }

    private static async Task<IAsyncDisposable?> TryLockPostgresAsync(
        string connectionString, Action lost, CancellationToken cancellation)
    {
        // Not pooled: the lock lives exactly as long as this connection, which is asked after every ten seconds.
        NpgsqlConnectionStringBuilder own = new(connectionString) { Pooling = false, KeepAlive = 10 };
        NpgsqlConnection connection = new(own.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
            await using NpgsqlCommand command = new("SELECT pg_try_advisory_lock(@key)", connection);
            command.Parameters.AddWithValue("key", AdvisoryLock);
            if (await command.ExecuteScalarAsync(cancellation) is true)
            {
                return new HeldConnection(connection, lost);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private FileStream? TryLockFile()
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(
                Path.Combine(folder, "xouscloud.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed class HeldConnection : IAsyncDisposable
    {
        private readonly NpgsqlConnection connection;
        private bool givenBack;

        public HeldConnection(NpgsqlConnection connection, Action lost)
        {
            this.connection = connection;
            connection.StateChange += (_, _) =>
            {
                if (!givenBack)
                {
                    lost();
                }
            };
        }

        public ValueTask DisposeAsync()
        {
            givenBack = true;
            return connection.DisposeAsync();
        }
    }

    /// <summary>Write-ahead log, and a disk flush at each commit: what was acknowledged survives a loss of power.</summary>
    private sealed class SqliteDurability : Microsoft.EntityFrameworkCore.Diagnostics.DbConnectionInterceptor
    {
        public static readonly SqliteDurability Instance = new();

        public override void ConnectionOpened(
            DbConnection connection, Microsoft.EntityFrameworkCore.Diagnostics.ConnectionEndEventData eventData)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(
            DbConnection connection,
            Microsoft.EntityFrameworkCore.Diagnostics.ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
