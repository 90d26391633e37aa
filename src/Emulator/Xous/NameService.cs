// The names of servers, from what processes say to the name server. Who registers a name is told a SID and makes the
// server with its next call; who connects by a name is told the connection.
// Facts: Xous's ABI, name server; rkyv 0.8, archived strings.

using System.Buffers.Binary;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Emulator.Xous;

internal sealed class NameService(Hart hart, ServerTable servers)
{
    private const uint Register = 0;
    private const uint BlockingConnect = 6;
    private const uint TryConnect = 7;

    private const int MaxName = 64;

    // A registration is archived as name and limit of connections, 8 bytes each, at the end of what is used.
    private const uint RegistrationLength = 16;
    private const int InlineName = 8;

    // More threads than that never ask at the same time; a name beyond is not seen.
    private const int Limit = 32;

    private readonly List<Question> questions = new(Limit);

    /// <summary>A thread's question, or the name that it was given and makes a server for.</summary>
    private struct Question
    {
        public byte Pid;
        public byte Slot;
        public uint Opcode;
        public bool Registered;
        public string Name;
    }

    /// <summary>A thread sends memory to the name server.</summary>
    public void Asked(ProcessRecord process, int slot)
    {
        ref CallWords call = ref process.Threads[slot].Call;
        (uint opcode, uint address, uint length, uint used, uint valid) = (call[3], call[4], call[5], call[6], call[7]);
        string? name = opcode switch
        {
            Register when used <= length && used >= RegistrationLength =>
                ReadArchived(address, used - RegistrationLength),
            BlockingConnect or TryConnect => Read(address, Math.Min(valid, length)),
            _ => null,
        };
        Forget(process.Pid, slot);
        if (name is not null && questions.Count < Limit)
        {
            questions.Add(new Question { Pid = process.Pid, Slot = (byte)slot, Opcode = opcode, Name = name });
        }
    }

    /// <summary>A thread is back from the name server; the answer stands in the memory that it had lent.</summary>
    public void Answered(ProcessRecord process, int slot)
    {
        int index = Find(process.Pid, slot);
        if (index < 0)
        {
            return;
        }

        Question question = questions[index];
        if (question.Opcode == Register)
        {
            question.Registered = true;
            questions[index] = question;
            return;
        }

        questions.RemoveAt(index);
        Span<byte> answer = stackalloc byte[8];
        if (hart.TryReadVirtual(process.Threads[slot].Call[4], answer)
            && BinaryPrimitives.ReadUInt32LittleEndian(answer) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(answer[4..]) is var cid and <= XousAbi.LastConnection)
        {
            servers.Name(process.Connections[(int)cid], question.Name);
        }
    }

    /// <summary>A thread has made a server.</summary>
    public void Created(ProcessRecord process, int slot, short server)
    {
        int index = Find(process.Pid, slot);
        if (index >= 0 && questions[index].Registered)
        {
            servers.Name(server, questions[index].Name);
            questions.RemoveAt(index);
        }
    }

    public void ForgetAll(byte pid) => questions.RemoveAll(question => question.Pid == pid);

    public void Clear() => questions.Clear();

    public void State(StateStream state)
    {
        int count = questions.Count;
        state.I32(ref count);
        if (state.IsLoading)
        {
            questions.Clear();
        }

        for (int i = 0; i < Math.Clamp(count, 0, Limit); i++)
        {
            Question question = state.IsLoading ? new Question { Name = "" } : questions[i];
            state.U8(ref question.Pid);
            state.U8(ref question.Slot);
            state.U32(ref question.Opcode);
            state.Bool(ref question.Registered);
            state.Text(ref question.Name);
            if (state.IsLoading)
            {
                questions.Add(question);
            }
        }
    }

    private int Find(byte pid, int slot) => questions.FindIndex(question => question.Pid == pid && question.Slot == slot);

    private void Forget(byte pid, int slot) => questions.RemoveAll(question => question.Pid == pid && question.Slot == slot);

    private string? Read(uint address, uint length)
    {
        if (length is 0 or > MaxName)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[(int)length];
        return hart.TryReadVirtual(address, bytes) ? GuestText.Read(bytes.TrimEnd((byte)0)) : null;
    }

    // A string of up to 8 bytes stands in its place, padded with 0xFF. Of a longer one there is the length, whose lowest
    // byte is marked in its two upper bits, and the distance to the bytes.
    private string? ReadArchived(uint address, uint at)
    {
        Span<byte> place = stackalloc byte[InlineName];
        if (!hart.TryReadVirtual(address + at, place))
        {
            return null;
        }

        if ((place[0] & 0xC0) != 0x80)
        {
            int end = place.IndexOf((byte)0xFF);
            return GuestText.Read(end < 0 ? place : place[..end]);
        }

        uint marked = BinaryPrimitives.ReadUInt32LittleEndian(place);
        uint length = (marked & 0x3F) | ((marked & ~0xFFu) >> 2);
        int distance = BinaryPrimitives.ReadInt32LittleEndian(place[4..]);
        return Read(address + at + (uint)distance, length);
    }
}
