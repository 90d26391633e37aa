// What a machine shows, gathered while it runs: console bytes, pin changes, accesses to what is not modelled.
// It is put where readers can see it only when the journal says so.

using System.Buffers;
using XousCloud.Api.Console;
using XousCloud.Emulator;

namespace XousCloud.Api.Devices;

/// <summary>The machine's observer. The ports may be read by anyone; all else belongs to the device's turns.</summary>
internal sealed class DeviceOutput : IMachineObserver
{
    private readonly ArrayBufferWriter<byte>[] gathered;
    private readonly List<UnmodelledAccess> unmodelled = [];
    private readonly HashSet<(uint Address, bool IsWrite)> known = [];

    /// <param name="retained">Bytes kept for each port.</param>
    public DeviceOutput(int retained)
    {
        Ports = [.. Enum.GetValues<ConsolePort>().Select(_ => new ConsoleBuffer(retained))];
        gathered = [.. Ports.Select(_ => new ArrayBufferWriter<byte>())];
    }

    /// <summary>Each port's output, by the port's number.</summary>
    public IReadOnlyList<ConsoleBuffer> Ports { get; }

    /// <summary>What the guest touched that is not modelled, in the order of first touch.</summary>
    public IReadOnlyList<UnmodelledAccess> Unmodelled => unmodelled;

    /// <summary>Something changed since <see cref="Flush"/> was called last.</summary>
    public bool HasNews { get; private set; }

    public void ConsoleOutput(ConsolePort port, byte value, ulong cycle)
    {
        ArrayBufferWriter<byte> bytes = gathered[(int)port];
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
        HasNews = true;
    }

    public void PinChanged(int pin, bool level, ulong cycle) => HasNews = true;

    public void DisplayChanged() => HasNews = true;

    void IMachineObserver.Unmodelled(UnmodelledAccess access)
    {
        if (known.Add((access.Address, access.IsWrite)))
        {
            unmodelled.Add(access);
            HasNews = true;
        }
    }

    /// <summary>Takes up what an earlier process had reported.</summary>
    public void Restore(IEnumerable<UnmodelledAccess> reported)
    {
        foreach (UnmodelledAccess access in reported)
        {
            ((IMachineObserver)this).Unmodelled(access);
        }
    }

    /// <summary>Adds what was gathered to the ports, not yet released.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Flush()
    {
        bool news = HasNews;
        HasNews = false;
        for (int port = 0; port < gathered.Length; port++)
        {
            if (gathered[port].WrittenCount > 0)
            {
                Ports[port].Append(gathered[port].WrittenSpan);
                gathered[port].ResetWrittenCount();
            }
        }

        return news;
    }

    /// <summary>Each port's length now.</summary>
    public ulong[] Lengths() => [.. Ports.Select(port => port.Length)];

    /// <summary>Lets readers see each port up to a length.</summary>
    public void Release(ulong[] lengths)
    {
        for (int port = 0; port < lengths.Length; port++)
        {
            Ports[port].Release(lengths[port]);
        }
    }
}
