// The first schema. A migration that has been released is never changed; a new one is added after it, and
// DatabaseSnapshot is brought up to date with it. Written by hand and without column types, so that each
// provider maps the CLR types in its own way.

using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Migrations;

[DbContext(typeof(Database))]
[Migration("20261124180000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "api_keys",
            table => new
            {
                Id = table.Column<string>(nullable: false),
                Tenant = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Hash = table.Column<string>(nullable: false),
                CreatedAt = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_api_keys", row => row.Id));
        migrationBuilder.CreateIndex("IX_api_keys_Hash", "api_keys", "Hash", unique: true);

        migrationBuilder.CreateTable(
            "images",
            table => new
            {
                Id = table.Column<string>(nullable: false),
                Tenant = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Digest = table.Column<string>(nullable: false),
                BoardId = table.Column<string>(nullable: true),
                Entry = table.Column<long>(nullable: true),
                Size = table.Column<long>(nullable: false),
                CreatedAt = table.Column<long>(nullable: false),
                Report = table.Column<string>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_images", row => row.Id));
        migrationBuilder.CreateIndex("IX_images_Tenant_CreatedAt", "images", ["Tenant", "CreatedAt"]);

        migrationBuilder.CreateTable(
            "image_files",
            table => new
            {
                ImageId = table.Column<string>(nullable: false),
                Ordinal = table.Column<int>(nullable: false),
                Name = table.Column<string>(nullable: false),
                Format = table.Column<string>(nullable: false),
                Address = table.Column<long>(nullable: true),
                Size = table.Column<long>(nullable: false),
                Content = table.Column<byte[]>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_image_files", row => new { row.ImageId, row.Ordinal });
                table.ForeignKey(
                    "FK_image_files_images_ImageId", row => row.ImageId, "images", "Id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "devices",
            table => new
            {
                Id = table.Column<string>(nullable: false),
                Tenant = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                BoardId = table.Column<string>(nullable: false),
                ImageId = table.Column<string>(nullable: false),
                Seed = table.Column<long>(nullable: false),
                Pace = table.Column<string>(nullable: false),
                Engine = table.Column<string>(nullable: false),
                CreatedAt = table.Column<long>(nullable: false),
                ProgressCycle = table.Column<long>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_devices", row => row.Id);
                table.ForeignKey(
                    "FK_devices_images_ImageId", row => row.ImageId, "images", "Id",
                    onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("IX_devices_ImageId", "devices", "ImageId");

        migrationBuilder.CreateTable(
            "checkpoints",
            table => new
            {
                DeviceId = table.Column<string>(nullable: false),
                Sequence = table.Column<long>(nullable: false),
                Document = table.Column<byte[]>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_checkpoints", row => row.DeviceId);
                table.ForeignKey(
                    "FK_checkpoints_devices_DeviceId", row => row.DeviceId, "devices", "Id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "journal",
            table => new
            {
                DeviceId = table.Column<string>(nullable: false),
                Sequence = table.Column<long>(nullable: false),
                Cycle = table.Column<long>(nullable: false),
                Input = table.Column<byte[]>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_journal", row => new { row.DeviceId, row.Sequence });
                table.ForeignKey(
                    "FK_journal_devices_DeviceId", row => row.DeviceId, "devices", "Id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "snapshots",
            table => new
            {
                Id = table.Column<string>(nullable: false),
                Tenant = table.Column<string>(nullable: false),
                DeviceId = table.Column<string>(nullable: false),
                ImageId = table.Column<string>(nullable: false),
                BoardId = table.Column<string>(nullable: false),
                Seed = table.Column<long>(nullable: false),
                Cycle = table.Column<long>(nullable: false),
                VirtualNanoseconds = table.Column<long>(nullable: false),
                Hash = table.Column<string>(nullable: false),
                Name = table.Column<string>(nullable: false),
                CreatedAt = table.Column<long>(nullable: false),
                Size = table.Column<long>(nullable: false),
                Document = table.Column<byte[]>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_snapshots", row => row.Id);
                table.ForeignKey(
                    "FK_snapshots_images_ImageId", row => row.ImageId, "images", "Id",
                    onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("IX_snapshots_ImageId", "snapshots", "ImageId");
        migrationBuilder.CreateIndex("IX_snapshots_Tenant_CreatedAt", "snapshots", ["Tenant", "CreatedAt"]);

        migrationBuilder.CreateTable(
            "pages",
            table => new
            {
                Tenant = table.Column<string>(nullable: false),
                Hash = table.Column<byte[]>(nullable: false),
                Content = table.Column<byte[]>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_pages", row => new { row.Tenant, row.Hash }));

        migrationBuilder.CreateTable(
            "page_uses",
            table => new
            {
                Owner = table.Column<string>(nullable: false),
                Hash = table.Column<byte[]>(nullable: false),
                Tenant = table.Column<string>(nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_page_uses", row => new { row.Owner, row.Hash });
                table.ForeignKey(
                    "FK_page_uses_pages_Tenant_Hash", row => new { row.Tenant, row.Hash }, "pages",
                    principalColumns: ["Tenant", "Hash"], onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex("IX_page_uses_Tenant_Hash", "page_uses", ["Tenant", "Hash"]);

        migrationBuilder.CreateTable(
            "idempotency",
            table => new
            {
                Tenant = table.Column<string>(nullable: false),
                Route = table.Column<string>(nullable: false),
                Key = table.Column<string>(nullable: false),
                BodyHash = table.Column<string>(nullable: false),
                ResourceId = table.Column<string>(nullable: false),
                CreatedAt = table.Column<long>(nullable: false),
            },
            constraints: table =>
                table.PrimaryKey("PK_idempotency", row => new { row.Tenant, row.Route, row.Key }));
        migrationBuilder.CreateIndex("IX_idempotency_CreatedAt", "idempotency", "CreatedAt");

        migrationBuilder.CreateTable(
            "server_keys",
            table => new
            {
                Name = table.Column<string>(nullable: false),
                Value = table.Column<byte[]>(nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_server_keys", row => row.Name));
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (string table in (string[])
        [
            "server_keys", "idempotency", "page_uses", "pages", "snapshots", "journal", "checkpoints", "devices",
            "image_files", "images", "api_keys",
        ])
        {
            migrationBuilder.DropTable(table);
        }
    }
}
