// Who has claimed which interrupt line.

namespace XousCloud.Emulator.Xous;

internal sealed class InterruptTable
{
    private struct Claim
    {
        public byte Pid;
        public uint Handler;
        public uint Argument;
        public ulong Count;
    }

    private readonly Claim[] claims = new Claim[XousAbi.Interrupts];

    /// <summary>The claims, in the order of lines.</summary>
    public IReadOnlyList<InterruptClaim> Report() =>
    [
        .. claims.Index().Where(claim => claim.Item.Pid != 0).Select(claim => new InterruptClaim(
            claim.Index, claim.Item.Pid, claim.Item.Handler, claim.Item.Argument, claim.Item.Count)),
    ];

    public void Add(uint line, byte pid, uint handler, uint argument)
    {
        if (line < XousAbi.Interrupts)
        {
            claims[line] = new Claim { Pid = pid, Handler = handler, Argument = argument };
        }
    }

    public void Remove(uint line)
    {
        if (line < XousAbi.Interrupts)
        {
            claims[line] = default;
        }
    }

    public void RemoveAll(byte pid)
    {
        foreach (ref Claim claim in claims.AsSpan())
        {
            if (claim.Pid == pid)
            {
                claim = default;
            }
        }
    }

    /// <summary>A process enters a handler.</summary>
    public void Entered(uint line, byte pid)
    {
        if (line < XousAbi.Interrupts && claims[line].Pid == pid)
        {
            claims[line].Count++;
        }
    }

    public void Clear() => claims.AsSpan().Clear();

    public void State(StateStream state)
    {
        foreach (ref Claim claim in claims.AsSpan())
        {
            state.U8(ref claim.Pid);
            state.U32(ref claim.Handler);
            state.U32(ref claim.Argument);
            state.U64(ref claim.Count);
        }
    }
}
