// The servers of the system, in slots of our own: the kernel's table is not looked at.

namespace XousCloud.Emulator.Xous;

internal struct ServerRecord
{
    public bool Exists;
    public ServerId Id;

    /// <summary>The process that receives; 0 while it was not seen.</summary>
    public byte Owner;

    /// <summary>Its name at the name server; empty while it was not seen.</summary>
    public string? Name;
}

internal sealed class ServerTable
{
    /// <summary>In place of a slot: no server, or one that was not seen.</summary>
    public const short None = -1;

    /// <summary>In place of a slot: a server that is no more.</summary>
    public const short Gone = -2;

    /// <summary>The server that knows the names of others.</summary>
    public static readonly ServerId NameServer = ServerId.Of("xous-name-server"u8);

    private readonly ServerRecord[] servers = new ServerRecord[XousAbi.Servers];

    public ReadOnlySpan<ServerRecord> All => servers;

    /// <summary>The slot of a SID, or <see cref="None"/>.</summary>
    /// <param name="id">The SID.</param>
    /// <param name="owner">Whose; 0 for anyone's. Of several servers with one SID the first is meant.</param>
    public short Find(ServerId id, byte owner = 0)
    {
        for (short slot = 0; slot < servers.Length; slot++)
        {
            if (Is(slot, id, owner))
            {
                return slot;
            }
        }

        return None;
    }

    /// <summary>The slot of a SID, which gets one if it has none; <see cref="None"/> when all are taken.</summary>
    /// <param name="id">The SID.</param>
    /// <param name="owner">Its process, or 0 where that is not known.</param>
    public short Add(ServerId id, byte owner)
    {
        short slot = Find(id);
        if (slot >= 0 && (owner == 0 || servers[slot].Owner == 0 || servers[slot].Owner == owner))
        {
            servers[slot].Owner = owner != 0 ? owner : servers[slot].Owner;
            return slot;
        }

        slot = (short)Array.FindIndex(servers, server => !server.Exists);
        if (slot >= 0)
        {
            servers[slot] = new ServerRecord { Exists = true, Id = id, Owner = owner, Name = "" };
        }

        return slot;
    }

    public void Name(short slot, string name)
    {
        if (slot >= 0)
        {
            servers[slot].Name = name;
        }
    }

    public void Remove(short slot) => servers[slot] = default;

    public void Clear() => servers.AsSpan().Clear();

    /// <summary>A slot that was read from somewhere, or <see cref="None"/>.</summary>
    public static short Checked(short slot) => slot is Gone or (>= 0 and < XousAbi.Servers) ? slot : None;

    public void State(StateStream state)
    {
        for (int slot = 0; slot < servers.Length; slot++)
        {
            ref ServerRecord server = ref servers[slot];
            state.Bool(ref server.Exists);
            if (!server.Exists)
            {
                continue;
            }

            (uint word0, uint word1, uint word2, uint word3) = server.Id;
            state.U32(ref word0);
            state.U32(ref word1);
            state.U32(ref word2);
            state.U32(ref word3);
            server.Id = new ServerId(word0, word1, word2, word3);
            state.U8(ref server.Owner);
            string name = server.Name ?? "";
            state.Text(ref name);
            server.Name = name;
        }
    }

    private bool Is(int slot, ServerId id, byte owner) =>
        servers[slot].Exists && servers[slot].Id == id && (owner == 0 || servers[slot].Owner == owner);
}
