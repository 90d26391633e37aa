// The model after the last migration. A test compares it with the entities, so that no change of the model
// goes without its migration.

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Migrations;

[DbContext(typeof(Database))]
internal sealed class DatabaseSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
        Table<ApiKeyRow>(modelBuilder, "api_keys", ["Id"], table =>
        {
            Text(table, "Id", "Tenant", "Name", "Hash");
            Number(table, "CreatedAt");
            table.HasIndex("Hash").IsUnique();
        });
        Table<ImageRow>(modelBuilder, "images", ["Id"], table =>
        {
            Text(table, "Id", "Tenant", "Name", "Digest", "Report");
            table.Property<string>("BoardId");
            table.Property<long?>("Entry");
            Number(table, "Size", "CreatedAt");
            table.HasIndex("Tenant", "CreatedAt");
        });
        Table<ImageFileRow>(modelBuilder, "image_files", ["ImageId", "Ordinal"], table =>
        {
            Text(table, "ImageId", "Name", "Format");
            table.Property<int>("Ordinal");
            table.Property<long?>("Address");
            Number(table, "Size");
            Bytes(table, "Content");
            table.HasOne(typeof(ImageRow).FullName!, null).WithMany("Files").HasForeignKey("ImageId")
                .OnDelete(DeleteBehavior.Cascade).IsRequired();
        });
        Table<DeviceRow>(modelBuilder, "devices", ["Id"], table =>
        {
            Text(table, "Id", "Tenant", "Name", "BoardId", "ImageId", "Factory", "Pace", "Engine");
            Number(table, "Seed", "CreatedAt", "ProgressCycle");
            table.HasIndex("ImageId");
            NeedsImage(table);
        });
        Table<CheckpointRow>(modelBuilder, "checkpoints", ["DeviceId"], table =>
        {
            Text(table, "DeviceId");
            Number(table, "Sequence");
            Bytes(table, "Document");
            table.HasOne(typeof(DeviceRow).FullName!, null).WithOne().HasForeignKey(typeof(CheckpointRow).FullName!, "DeviceId")
                .OnDelete(DeleteBehavior.Cascade).IsRequired();
        });
        Table<JournalRow>(modelBuilder, "journal", ["DeviceId", "Sequence"], table =>
        {
            Text(table, "DeviceId");
            Number(table, "Sequence", "Cycle");
            Bytes(table, "Input");
            table.HasOne(typeof(DeviceRow).FullName!, null).WithMany().HasForeignKey("DeviceId")
                .OnDelete(DeleteBehavior.Cascade).IsRequired();
        });
        Table<SnapshotRow>(modelBuilder, "snapshots", ["Id"], table =>
        {
            Text(table, "Id", "Tenant", "DeviceId", "ImageId", "BoardId", "Hash", "Name");
            Number(table, "Seed", "Cycle", "VirtualNanoseconds", "CreatedAt", "Size");
            Bytes(table, "Document");
            table.HasIndex("ImageId");
            table.HasIndex("Tenant", "CreatedAt");
            NeedsImage(table);
        });
        Table<PageRow>(modelBuilder, "pages", ["Tenant", "Hash"], table =>
        {
            Text(table, "Tenant");
            Bytes(table, "Hash", "Content");
        });
        Table<PageUseRow>(modelBuilder, "page_uses", ["Owner", "Hash"], table =>
        {
            Text(table, "Owner", "Tenant");
            Bytes(table, "Hash");
            table.HasIndex("Tenant", "Hash");
            table.HasOne(typeof(PageRow).FullName!, null).WithMany().HasForeignKey("Tenant", "Hash")
                .OnDelete(DeleteBehavior.Restrict).IsRequired();
        });
        Table<IdempotencyRow>(modelBuilder, "idempotency", ["Tenant", "Route", "Key"], table =>
        {
            Text(table, "Tenant", "Route", "Key", "BodyHash", "ResourceId");
            Number(table, "CreatedAt");
            table.HasIndex("CreatedAt");
        });
        Table<ServerKeyRow>(modelBuilder, "server_keys", ["Name"], table =>
        {
            Text(table, "Name");
            Bytes(table, "Value");
        });
    }

    // Entities by name and not by type: the snapshot describes a model of the past, whatever the classes say now.
    private static void Table<TRow>(
        ModelBuilder model, string name, string[] key, Action<EntityTypeBuilder> describe)
    {
        model.Entity(typeof(TRow).FullName!, table =>
        {
            describe(table);
            table.HasKey(key);
            table.ToTable(name);
        });
    }

    private static void NeedsImage(EntityTypeBuilder table) =>
        table.HasOne(typeof(ImageRow).FullName!, null).WithMany().HasForeignKey("ImageId")
            .OnDelete(DeleteBehavior.Restrict).IsRequired();

    private static void Text(EntityTypeBuilder table, params string[] names)
    {
        foreach (string name in names)
        {
            table.Property<string>(name).IsRequired();
        }
    }

    private static void Number(EntityTypeBuilder table, params string[] names)
    {
        foreach (string name in names)
        {
            table.Property<long>(name);
        }
    }

    private static void Bytes(EntityTypeBuilder table, params string[] names)
    {
        foreach (string name in names)
        {
            table.Property<byte[]>(name).IsRequired();
        }
    }
}
