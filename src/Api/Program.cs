// The server. `keys ...` manages API keys instead; everything else is configuration (see ServiceOptions).

using XousCloud.Api;
using XousCloud.Api.Tenancy;

if (args is ["keys", ..])
{
    return await KeysCommand.RunAsync(args);
}

WebApplication app = Service.Create(args);
app.Services.GetRequiredService<ListenAddresses>().Urls = app.Urls;
try
{
    await app.RunAsync();
    return 0;
}
catch (Exception refusal) when (refusal is StartRefusedException or InvalidOperationException)
{
    Console.Error.WriteLine(refusal.Message);
    return 2;
}
