// Many devices on one server: a real process with SQLite, two tenants. 2,000 devices that wait for ever, then 50 that
// compute beside them: what they cost in memory, whether each gets its share of instructions, what that leaves to
// somebody who asks; and then another tenant's devices, whose weight is three times as large.

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace XousCloud.Bench;

internal static class DensityBench
{
    private const int Parked = 2000;
    private const int Busy = 50;
    private const int Heavier = 10;
    private const int Weight = 3;
    private const int Asks = 200;
    private const int AtOnce = 8;
    private const double Mebibyte = 1 << 20;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(20);

    // addi a0, a0, 1; j .-4: work that no engine can skip.
    private static readonly byte[] count = [0x13, 0x05, 0x15, 0x00, 0x6f, 0xf0, 0xdf, 0xff];

    public static async Task Run(Dictionary<string, double> figures)
    {
        using ServerProcess server = await ServerProcess.Start(
            ("Limits__DevicesPerTenant", "4000"),
            ("Execution__ParkAfterSeconds", "2"),
            ("Execution__TenantWeights__heavier", $"{Weight}"),
            ("ApiKeys__0__Name", "light"), ("ApiKeys__0__Hash", Hash("xc_light")),
            ("ApiKeys__1__Name", "heavier"), ("ApiKeys__1__Hash", Hash("xc_heavier")));
        using HttpClient light = Client(server, "xc_light");
        using HttpClient heavier = Client(server, "xc_heavier");

        string idle = await Upload(light, "idle.elf", await File.ReadAllBytesAsync(
            Path.Combine(Repository.Find("artifacts", "firmware"), "idle.elf")), address: null);
        string first = await Create(light, idle, "real");
        await Ready(light, first);
        await Task.Delay(Settling);
        long before = server.ResidentBytes();
        string[] parked = await Create(light, idle, "real", Parked);
        foreach (string device in parked)
        {
            await Ready(light, device);
        }

        await Task.Delay(Settling);
        long withParked = server.ResidentBytes();
        Report(figures, "density.server.parked_mib", (withParked - before) / Mebibyte / Parked);
        Report(figures, "density.server.parked_percent_of_core", await PercentOfCore(server));
        Report(figures, "density.server.ask_ms.p95_while_parked", await Ask(light, parked));

        Report(figures, "density.server.fork_ms.p50", await Fork(light, first));

        string work = await Upload(light, "count.bin", count, address: "0x60060000");
        string[] busy = await Create(light, work, "fast", Busy);
        await Task.Delay(Settling);
        double[] rates = await Rates(light, busy);
        double mean = rates.Average();
        Report(figures, "density.server.active_mib", (server.ResidentBytes() - withParked) / Mebibyte / Busy);
        Report(figures, "density.server.busy_mips_all", rates.Sum() / 1e6);
        Report(figures, "density.server.busy_least_of_mean", rates.Min() / mean);
        Report(figures, "density.server.busy_most_of_mean", rates.Max() / mean);
        Report(figures, "density.server.ask_ms.p95_while_busy", await Ask(light, parked));

        string his = await Upload(heavier, "count.bin", count, address: "0x60060000");
        string[] weighty = await Create(heavier, his, "fast", Heavier);
        await Task.Delay(TimeSpan.FromSeconds(5));
        Task<double[]> ours = Rates(light, busy);
        Task<double[]> theirs = Rates(heavier, weighty);
        Report(figures, "density.server.weight_3_to_1", (await theirs).Sum() / (await ours).Sum());
    }

    private static HttpClient Client(ServerProcess server, string key)
    {
        HttpClient client = new() { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static async Task<string> Upload(HttpClient client, string name, byte[] file, string? address)
    {
        using MultipartFormDataContent form = new();
        using ByteArrayContent bytes = new(file);
        form.Add(bytes, "file", name);
        if (address is not null)
        {
            form.Add(new StringContent(address), "address");
        }

        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/images", UriKind.Relative), form);
        return (await Json(answer)).GetProperty("id").GetString()!;
    }

    private static async Task<string> Create(HttpClient client, string image, string pace)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            new Uri("/v1/devices", UriKind.Relative), new { image, pace, start = true });
        return (await Json(answer)).GetProperty("id").GetString()!;
    }

    private static async Task<string[]> Create(HttpClient client, string image, string pace, int number)
    {
        string[] devices = new string[number];
        await Parallel.ForAsync(0, number, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, _) =>
            devices[index] = await Create(client, image, pace));
        return devices;
    }

    private static async Task Ready(HttpClient client, string device)
    {
        using HttpResponseMessage answer = await client.GetAsync(
            new Uri($"/v1/devices/{device}/wait?console=ready&timeout=60", UriKind.Relative));
        await Json(answer);
    }

    // Instructions in a second of the wall, each device over its own interval.
    private static async Task<double[]> Rates(HttpClient client, string[] devices)
    {
        (double Instructions, long At)[] start = await Look(client, devices);
        await Task.Delay(Observed);
        (double Instructions, long At)[] end = await Look(client, devices);
        return [.. start.Zip(end, (from, to) =>
            (to.Instructions - from.Instructions) / Stopwatch.GetElapsedTime(from.At, to.At).TotalSeconds)];
    }

    private static async Task<(double Instructions, long At)[]> Look(HttpClient client, string[] devices)
    {
        (double, long)[] seen = new (double, long)[devices.Length];
        for (int index = 0; index < devices.Length; index++)
        {
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri("/v1/devices/" + devices[index], UriKind.Relative));
            double instructions = double.Parse(
                (await Json(answer)).GetProperty("instructions").GetString()!, CultureInfo.InvariantCulture);
            seen[index] = (instructions, Stopwatch.GetTimestamp());
        }

        return seen;
    }

    private static async Task<double> Ask(HttpClient client, string[] devices)
    {
        List<double> times = [];
        for (int ask = 0; ask < Asks; ask++)
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri("/v1/devices/" + devices[ask * 7 % devices.Length], UriKind.Relative));
            await Json(answer);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[Asks * 95 / 100];
    }

    // With its state stored: a request and a commit.
    private static async Task<double> Fork(HttpClient client, string device)
    {
        List<double> times = [];
        for (int fork = 0; fork < Asks; fork++)
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await client.PostAsJsonAsync(
                new Uri($"/v1/devices/{device}/fork", UriKind.Relative), new { });
            string made = (await Json(answer)).GetProperty("id").GetString()!;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await client.DeleteAsync(new Uri("/v1/devices/" + made, UriKind.Relative));
        }

        times.Sort();
        return times[Asks / 2];
    }

    private static async Task<double> PercentOfCore(ServerProcess server)
    {
        TimeSpan cpu = server.Cpu();
        Stopwatch wall = Stopwatch.StartNew();
        await Task.Delay(Observed);
        return 100 * (server.Cpu() - cpu) / wall.Elapsed;
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body).RootElement
            : throw new InvalidOperationException($"The server answered {(int)answer.StatusCode}: {body}");
    }

    private static void Report(Dictionary<string, double> figures, string name, double value)
    {
        figures[name] = value;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-45} {value,10:f3}"));
    }
}
