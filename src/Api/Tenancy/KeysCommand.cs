// `keys add NAME` makes an API key for a tenant of that name, `keys list` names them, `keys remove NAME` ends
// them. The key is shown once and never again.

using Microsoft.EntityFrameworkCore;
using XousCloud.Api.Storage;

namespace XousCloud.Api.Tenancy;

/// <summary>The operator's command for keys.</summary>
internal static class KeysCommand
{
    private const int BadInput = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.ClearProviders();
        Service.AddStorage(builder);
        using IHost host = builder.Build();
        await using Database database = await host.Services
            .GetRequiredService<IDbContextFactory<Database>>().CreateDbContextAsync();
        await database.Database.MigrateAsync();
        switch (args)
        {
            case [_, "add", { Length: > 0 and <= 64 } name, ..]:
                System.Console.WriteLine(await ApiKeys.AddAsync(database, name));
                return 0;
            case [_, "list", ..]:
                foreach (ApiKeyRow row in await database.ApiKeys.OrderBy(row => row.CreatedAt).ToListAsync())
                {
                    System.Console.WriteLine(row.Name);
                }

                return 0;
            case [_, "remove", { } name, ..]:
                int removed = await database.ApiKeys.Where(row => row.Name == name).ExecuteDeleteAsync();
                System.Console.Error.WriteLine($"{removed} removed; a running server forgets them when it restarts");
                return 0;
            default:
                System.Console.Error.WriteLine("keys add NAME | keys list | keys remove NAME");
                return BadInput;
        }
    }
}
