// `xouscloud run --gdb PORT`: a run that a debugger has in its hands. It listens on loopback alone and takes one debugger at a
// time; the machine stands at its first instruction until one lets it go on, and stands again when one goes away.

using System.Net;
using System.Net.Sockets;

namespace XousCloud.Cli.Gdb;

internal static class GdbServer
{
    /// <summary>Serves debuggers until the run ends.</summary>
    /// <param name="run">What they debug.</param>
    /// <param name="port">0 for one that is free; the line on standard error says which.</param>
    /// <param name="signals">End the run early.</param>
    /// <param name="streams">Where that line goes.</param>
    /// <exception cref="BadInputException">Nobody can listen there.</exception>
    public static RunEnd Run(LocalRun run, int port, StopSignals signals, Streams streams)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen(backlog: 1);
        }
        catch (SocketException failure)
        {
            throw new BadInputException(
                "gdb_port_unusable", $"--gdb: nobody can listen on port {port}: {failure.Message}.", "Choose another, or 0 for one that is free.");
        }

        int chosen = ((IPEndPoint)listener.LocalEndPoint!).Port;
        streams.Error.WriteLine($"gdb: waiting at 127.0.0.1:{chosen}; in gdb: target remote :{chosen}");
        while (true)
        {
            if (run.HostEnd(signals) is { } end)
            {
                return end;
            }

            if (!listener.Poll(GdbConnection.Glance, SelectMode.SelectRead))
            {
                continue;
            }

            Socket accepted = listener.Accept();
            accepted.NoDelay = true;
            using GdbConnection connection = new(accepted, () => run.HostEnd(signals) is not null);
            GdbSession session = new(run, connection, signals);
            GdbSessionEnd sessionEnd = session.Serve();
            run.Machine.Debug.Clear();
            switch (sessionEnd)
            {
                case GdbSessionEnd.Over:
                    return session.RunEnd!;
                case GdbSessionEnd.Detached:
                    return run.Run(signals);
                default:
                    break;
            }
        }
    }
}
