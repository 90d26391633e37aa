// The bulk and interrupt endpoints of the USB device controller together: commands name them by a bitmap of their
// physical numbers, hosts by number and direction, and software keeps their contexts in one table (DCBAP).
// Facts: datasheet, USB (PEI bitmap, device contexts); DEVCAP of real parts: 4 each way.

namespace XousCloud.Emulator.Peripherals;

/// <summary>Physical endpoints 2 to 9.</summary>
internal sealed class UdcEndpoints
{
    /// <summary>The lowest number: 0 is the control endpoint, and there is no 1.</summary>
    public const int First = 2;

    private const int Count = 8;

    private readonly UdcDma dma;
    private readonly UdcEndpoint[] endpoints;

    public UdcEndpoints(Udc udc, UdcDma dma)
    {
        this.dma = dma;
        endpoints = [.. Enumerable.Range(First, Count).Select(pei => new UdcEndpoint(udc, pei))];
    }

    /// <summary>EPENABLE.</summary>
    public uint Enabled
    {
        get
        {
            uint bitmap = 0;
            foreach (UdcEndpoint endpoint in endpoints)
            {
                bitmap |= endpoint.IsEnabled ? endpoint.Bit : 0;
            }

            return bitmap;
        }
    }

    /// <summary>EPRUNNING.</summary>
    public uint Running
    {
        get
        {
            uint bitmap = 0;
            foreach (UdcEndpoint endpoint in endpoints)
            {
                bitmap |= endpoint.IsRunning ? endpoint.Bit : 0;
            }

            return bitmap;
        }
    }

    /// <summary>The doorbell of one of them, or of nobody.</summary>
    public void Ring(int pei)
    {
        if (pei - First is >= 0 and < Count)
        {
            endpoints[pei - First].Ring();
        }
    }

    /// <summary>Those of a bitmap, in the order of their numbers.</summary>
    public IEnumerable<UdcEndpoint> In(uint bitmap) => endpoints.Where(endpoint => (bitmap & endpoint.Bit) != 0);

    /// <summary>The one that a host means, or null.</summary>
    /// <param name="number">0 to 15.</param>
    /// <param name="inbound">The host writes.</param>
    public UdcEndpoint? Find(int number, bool inbound)
    {
        foreach (UdcEndpoint endpoint in endpoints)
        {
            if (endpoint.Answers(number, inbound))
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>Config EP: enables endpoints as their contexts say.</summary>
    /// <param name="bitmap">Which.</param>
    /// <param name="table">The table of contexts.</param>
    public void Configure(uint bitmap, uint table)
    {
        Span<byte> context = stackalloc byte[UdcEndpoint.ContextSize];
        foreach (UdcEndpoint endpoint in In(bitmap))
        {
            if (dma.TryRead(endpoint.ContextIn(table), context))
            {
                endpoint.Configure(context);
            }
        }
    }

    /// <summary>Set TR DQPTR: gives endpoints the rings that their contexts name.</summary>
    /// <param name="bitmap">Which.</param>
    /// <param name="table">The table of contexts.</param>
    public void SetDequeue(uint bitmap, uint table)
    {
        Span<byte> context = stackalloc byte[UdcEndpoint.ContextSize];
        foreach (UdcEndpoint endpoint in In(bitmap))
        {
            if (dma.TryRead(endpoint.ContextIn(table), context))
            {
                endpoint.SetDequeue(context);
            }
        }
    }

    public void Reset()
    {
        foreach (UdcEndpoint endpoint in endpoints)
        {
            endpoint.Reset();
        }
    }

    public void State(StateStream state)
    {
        foreach (UdcEndpoint endpoint in endpoints)
        {
            endpoint.State(state);
        }
    }
}
