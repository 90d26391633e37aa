using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.DependencyInjection;
using XousCloud.Api.Storage;
using XousCloud.Api.Tests.Support;

namespace XousCloud.Api.Tests;

public sealed class MigrationsOnSqlite(SqliteServer server) : MigrationTests(server), IClassFixture<SqliteServer>;

public sealed class MigrationsOnPostgres(PostgresServer server) : MigrationTests(server), IClassFixture<PostgresServer>;

/// <summary>The schema's history, written by hand, against the model.</summary>
public abstract class MigrationTests(TestServer server)
{
    [Fact]
    public async Task Every_migration_is_applied_at_the_start()
    {
        await using Database database = await OpenAsync();
        Assert.NotEmpty(await database.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await database.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task No_change_of_the_model_goes_without_its_migration()
    {
        await using Database database = await OpenAsync();
        Assert.False(database.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task The_migrations_make_the_tables_that_the_model_describes()
    {
        // The operations that lead from nothing to the model, and those that the migrations hold, make the same tables.
        await using Database database = await OpenAsync();
        IServiceProvider services = ((IInfrastructure<IServiceProvider>)database).Instance;
        var model = database.GetService<IDesignTimeModel>().Model.GetRelationalModel();
        var wanted = database.GetService<IMigrationsModelDiffer>().GetDifferences(null, model);
        IMigrationsAssembly assembly = services.GetRequiredService<IMigrationsAssembly>();
        var written = assembly.Migrations.Values.SelectMany(
            type => assembly.CreateMigration(type, database.Database.ProviderName!).UpOperations).ToList();
        IMigrationsSqlGenerator generator = database.GetService<IMigrationsSqlGenerator>();
        Assert.Equal(Commands(wanted), Commands(written));

        // A table's columns may be written in any order.
        List<string> Commands(IReadOnlyList<MigrationOperation> operations)
        {
            // A column that came later belongs to its table; what it defaults to is for rows that were there before.
            var tables = operations.OfType<CreateTableOperation>().ToList();
            foreach (AddColumnOperation column in operations.OfType<AddColumnOperation>())
            {
                column.DefaultValue = null;
                tables.Single(table => table.Name == column.Table).Columns.Add(column);
            }

            operations = [.. operations.Where(operation => operation is not AddColumnOperation)];
            foreach (CreateTableOperation table in tables)
            {
                var columns = table.Columns.OrderBy(column => column.Name, StringComparer.Ordinal).ToList();
                table.Columns.Clear();
                table.Columns.AddRange(columns);
            }

            return [.. generator.Generate(operations, database.GetService<IDesignTimeModel>().Model)
                .Select(command => command.CommandText.Trim()).Order(StringComparer.Ordinal)];
        }
    }

    private Task<Database> OpenAsync() => server.Services
        .GetRequiredService<IDbContextFactory<Database>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
}
