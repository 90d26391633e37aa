// How a device's chip was set when it was made. Devices from before had no settings.

using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Migrations;

[DbContext(typeof(Database))]
[Migration("20261125230000_FactorySettings")]
internal sealed class FactorySettingsOfDevices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("Factory", "devices", nullable: false, defaultValue: "");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("Factory", "devices");
}
