// A server started for a measurement, with a data folder of its own, ended by its own process id.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace XousCloud.Bench;

internal sealed class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly string data;

    private ServerProcess(Process process, Uri address, string data)
    {
        this.process = process;
        this.data = data;
        Address = address;
    }

    public Uri Address { get; }

    /// <param name="settings">The server's, as variables of its environment.</param>
    public static async Task<ServerProcess> Start(params (string Name, string Value)[] settings)
    {
        int port = FreePort();
        string data = Directory.CreateTempSubdirectory("xouscloud-bench-").FullName;
        ProcessStartInfo start = new(
            "dotnet", [Repository.Find("artifacts", "api", "XousCloud.Api.dll"), "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XOUSCLOUD_DATA"] = data;
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ServerProcess server = new(process, new Uri($"http://127.0.0.1:{port}"), data);
        using HttpClient client = new() { BaseAddress = server.Address };
        for (int i = 0; i < 4000; i++)
        {
            try
            {
                using HttpResponseMessage health = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
                if (health.IsSuccessStatusCode)
                {
                    return server;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(5);
        }

        server.Dispose();
        throw new TimeoutException("The server did not become healthy within 20 s.");
    }

    public long ResidentBytes()
    {
        string line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    public TimeSpan Cpu()
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
