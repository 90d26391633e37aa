// Without keys the server trusts whoever reaches it, so then nobody but this machine may reach it: it refuses
// to start when it is told to listen on any other address.

using System.Net;

namespace XousCloud.Api.Tenancy;

/// <summary>Checks the addresses that the server is told to listen on.</summary>
internal static class BindingGuard
{
    /// <summary>The configured addresses that other machines can reach.</summary>
    public static IReadOnlyList<string> OpenAddresses(IEnumerable<string> urls, IConfiguration configuration)
    {
        List<string> addresses = [.. urls];
        addresses.AddRange((configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries));
        addresses.AddRange(configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"] ?? ""));
        if (addresses.Count == 0)
        {
            // These two apply only where no address is given; both mean every interface.
            addresses.AddRange(Ports(configuration["http_ports"], "http"));
            addresses.AddRange(Ports(configuration["https_ports"], "https"));
        }

        return [.. addresses.Where(address => address.Length > 0 && !IsLoopback(address)).Distinct()];
    }

    private static IEnumerable<string> Ports(string? ports, string scheme) =>
        (ports ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"{scheme}://*:{port}");

    private static bool IsLoopback(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe
            || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip.MapToIPv4OrSame()));
    }
}
