// The tables. One model and one history of migrations serve PostgreSQL and SQLite, so a column has no
// provider's type: both map the plain CLR types (string, long, int, byte[]) by themselves.

using Microsoft.EntityFrameworkCore;

namespace XousCloud.Api.Storage;

/// <summary>The database.</summary>
internal sealed class Database(DbContextOptions<Database> options) : DbContext(options)
{
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<ImageRow> Images => Set<ImageRow>();

    public DbSet<ImageFileRow> ImageFiles => Set<ImageFileRow>();

    public DbSet<DeviceRow> Devices => Set<DeviceRow>();

    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<SnapshotRow> Snapshots => Set<SnapshotRow>();

    public DbSet<PageRow> Pages => Set<PageRow>();

    public DbSet<PageUseRow> PageUses => Set<PageUseRow>();

    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();

    public DbSet<ServerKeyRow> ServerKeys => Set<ServerKeyRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ApiKeyRow>(table =>
        {
            table.ToTable("api_keys").HasKey(row => row.Id);
            table.HasIndex(row => row.Hash).IsUnique();
        });
        modelBuilder.Entity<ImageRow>(table =>
        {
            table.ToTable("images").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Tenant, row.CreatedAt });
            table.HasMany(row => row.Files).WithOne().HasForeignKey(row => row.ImageId)
                .OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ImageFileRow>(table =>
            table.ToTable("image_files").HasKey(row => new { row.ImageId, row.Ordinal }));
        modelBuilder.Entity<DeviceRow>(table =>
        {
            table.ToTable("devices").HasKey(row => row.Id);
            table.HasIndex(row => row.ImageId);
            table.HasOne<ImageRow>().WithMany().HasForeignKey(row => row.ImageId)
                .OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<CheckpointRow>(table =>
        {
            table.ToTable("checkpoints").HasKey(row => row.DeviceId);
            table.HasOne<DeviceRow>().WithOne().HasForeignKey<CheckpointRow>(row => row.DeviceId)
                .OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<JournalRow>(table =>
        {
            table.ToTable("journal").HasKey(row => new { row.DeviceId, row.Sequence });
            table.HasOne<DeviceRow>().WithMany().HasForeignKey(row => row.DeviceId)
                .OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SnapshotRow>(table =>
        {
            table.ToTable("snapshots").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Tenant, row.CreatedAt });
            table.HasIndex(row => row.ImageId);
            table.HasOne<ImageRow>().WithMany().HasForeignKey(row => row.ImageId)
                .OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<PageRow>(table =>
            table.ToTable("pages").HasKey(row => new { row.Tenant, row.Hash }));
        modelBuilder.Entity<PageUseRow>(table =>
        {
            table.ToTable("page_uses").HasKey(row => new { row.Owner, row.Hash });
            table.HasIndex(row => new { row.Tenant, row.Hash });
            table.HasOne<PageRow>().WithMany().HasForeignKey(row => new { row.Tenant, row.Hash })
                .OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<IdempotencyRow>(table =>
        {
            table.ToTable("idempotency").HasKey(row => new { row.Tenant, row.Route, row.Key });
            table.HasIndex(row => row.CreatedAt);
        });
        modelBuilder.Entity<ServerKeyRow>(table => table.ToTable("server_keys").HasKey(row => row.Name));
    }
}
