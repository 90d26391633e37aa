// The service as a user meets it: a real server process with SQLite, real HTTP. How long from creating a device
// to the first byte of its console; what 200 idle devices cost in memory and CPU.

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace XousCloud.Bench;

internal static class ServiceBench
{
    private const int IdleDevices = 200;
    private const int Creations = 40;

    public static async Task Run(Dictionary<string, double> figures)
    {
        string firmware = Repository.Find("artifacts", "firmware");
        using ServerProcess server = await ServerProcess.Start();
        using HttpClient client = new() { BaseAddress = server.Address };

        string hello = await Upload(client, Path.Combine(firmware, "hello.elf"));
        await FirstByte(client, hello); // the first one compiles the handlers
        List<double> times = [];
        for (int i = 0; i < Creations; i++)
        {
            times.Add(await FirstByte(client, hello));
        }

        times.Sort();
        Report(figures, "service.first_byte_ms.p50", times[times.Count / 2]);
        Report(figures, "service.first_byte_ms.p95", times[(int)(times.Count * 0.95)]);

        string idle = await Upload(client, Path.Combine(firmware, "idle.elf"));
        long before = server.ResidentBytes();
        List<string> devices = [];
        for (int i = 0; i < IdleDevices; i++)
        {
            devices.Add(await Create(client, idle, "real"));
        }

        foreach (string device in devices)
        {
            await client.GetAsync(new Uri($"/v1/devices/{device}/wait?console=ready&timeout=60", UriKind.Relative));
        }

        await Task.Delay(TimeSpan.FromSeconds(15)); // let caches that idle devices give back be given back
        Report(figures, "service.idle_device_mib", (server.ResidentBytes() - before) / (double)IdleDevices / (1 << 20));
        TimeSpan cpu = server.Cpu();
        Stopwatch wall = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(20));
        Report(figures, "service.idle_200_devices_percent_of_core", 100 * (server.Cpu() - cpu) / wall.Elapsed);
    }

    // From the request that creates and starts a device until its first console byte has arrived, in milliseconds.
    public static async Task<double> FirstByte(HttpClient client, string image)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string device = await Create(client, image, "fast");
        using HttpResponseMessage console = await client.GetAsync(
            new Uri($"/v1/devices/{device}/console?port=uart2&offset=0&follow=true", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await console.Content.ReadAsStreamAsync();
        _ = await stream.ReadAsync(new byte[1]);
        double elapsed = watch.Elapsed.TotalMilliseconds;
        await client.DeleteAsync(new Uri("/v1/devices/" + device, UriKind.Relative));
        return elapsed;
    }

    public static async Task<string> Upload(HttpClient client, string file)
    {
        using MultipartFormDataContent form = new();
        using ByteArrayContent bytes = new(await File.ReadAllBytesAsync(file));
        form.Add(bytes, "file", Path.GetFileName(file));
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/images", UriKind.Relative), form);
        return await IdOf(answer);
    }

    private static async Task<string> Create(HttpClient client, string image, string pace)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            new Uri("/v1/devices", UriKind.Relative), new { image, pace, start = true });
        return await IdOf(answer);
    }

    private static async Task<string> IdOf(HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
    }

    private static void Report(Dictionary<string, double> figures, string name, double value)
    {
        figures[name] = value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-45} {value,10:f2}"));
    }
}
