// Shifts by a constant are not computed where they stand but where their value is needed. Cores without a rotate
// instruction make one of two shifts and an or: only the rotate is computed then, by one instruction of the host, and
// the halves never are, unless somebody wants them. Hashes and ciphers are mostly that.
//
// A waiting value is known by its source, which therefore cannot change before it: whatever writes to the source
// has the value computed first. Nothing waits where a block ends. Where an access can leave the block, the way out
// computes what waits (Owe, Pay), so that the engine finds every register as it must be.

using System.Numerics;

namespace XousCloud.Emulator.Cpu.Translator;

/// <summary>The shifts of a block that are not computed yet.</summary>
internal sealed class LazyShifts(Emitter emitter, RegisterMap map)
{
    private const HostRegister Ecx = HostRegister.Rcx;

    private readonly Waiting[] waiting = new Waiting[32];
    private readonly PlainList<Waiting> owed = new();
    private uint waits; // a bit for each register with a waiting value

    private enum Kind : byte
    {
        Left,
        Right,
        Rotation, // right
    }

    /// <summary>Forgets all, at the beginning of a unit.</summary>
    public void Begin()
    {
        waits = 0;
        owed.Clear();
    }

    /// <summary>Takes an instruction over if all of it can wait, or a value that waits is a part of it.</summary>
    /// <returns>False when it must be translated as usual, after <see cref="Prepare"/>.</returns>
    public bool TryTake(in Instruction i)
    {
        switch (i.Operation)
        {
            case Operation.Slli or Operation.Srli when i.Rd != 0 && i.Rs1 != 0 && i.Rs2 != 0 && i.Rd != i.Rs1:
                Compute(i.Rs1);
                Wait(i.Rd, i.Operation == Operation.Slli ? Kind.Left : Kind.Right, i.Rs1, i.Rs2);
                return true;
            case Operation.Or or Operation.Xor or Operation.Add when i.Rd != 0 && TryRotation(i, out byte source, out byte count):
                Wait(i.Rd, Kind.Rotation, source, count);
                return true;
            case Operation.Or or Operation.Xor or Operation.And or Operation.Add when i.Rd != 0 && i.Rs1 != i.Rs2 && Waits(i.Rs1) != Waits(i.Rs2):
                return TryCombine(i, HostOperation(i.Operation));
            default:
                return false;
        }
    }

    /// <summary>Computes what an instruction needs or would make impossible to compute.</summary>
    public void Prepare(in Instruction i)
    {
        if (waits != 0)
        {
            Compute(i.Rs1);
            Compute(i.Rs2);
            ComputeFrom(i.Rd);
        }
    }

    /// <summary>A register gets another value, and the waiting one is not needed any more.</summary>
    public void Forget(int register) => waits &= ~(1u << register);

    /// <summary>Computes all that waits.</summary>
    public void ComputeAll()
    {
        for (uint left = waits; left != 0; left &= left - 1)
        {
            Compute(BitOperations.TrailingZeroCount(left));
        }
    }

    /// <summary>Notes what has to be computed on a way out.</summary>
    /// <returns>What <see cref="Pay"/> takes.</returns>
    public (int First, int Count) Owe()
    {
        int first = owed.Count;
        for (uint left = waits; left != 0; left &= left - 1)
        {
            owed.Add(waiting[BitOperations.TrailingZeroCount(left)]);
        }

        return (first, owed.Count - first);
    }

    /// <summary>Computes what was noted; ecx stays.</summary>
    public void Pay((int First, int Count) debt)
    {
        for (int index = 0; index < debt.Count; index++)
        {
            WriteHome(owed[debt.First + index]);
        }
    }

    private static HostArithmetic HostOperation(Operation operation) => operation switch
    {
        Operation.Or => HostArithmetic.Or,
        Operation.Xor => HostArithmetic.Xor,
        Operation.And => HostArithmetic.And,
        _ => HostArithmetic.Add,
    };

    private bool Waits(int register) => (waits & (1u << register)) != 0;

    private void Wait(byte register, Kind kind, byte source, byte count)
    {
        ComputeFrom(register);
        waiting[register] = new Waiting(register, kind, source, count);
        waits |= 1u << register;
    }

    private bool TryRotation(in Instruction i, out byte source, out byte count)
    {
        Waiting one = waiting[i.Rs1];
        Waiting other = waiting[i.Rs2];
        (Waiting left, Waiting right) = one.Kind == Kind.Left ? (one, other) : (other, one);
        source = left.Source;
        count = right.Count;
        return Waits(i.Rs1) && Waits(i.Rs2) && left.Kind == Kind.Left && right.Kind == Kind.Right
            && left.Source == right.Source && left.Count + right.Count == 32 && i.Rd != left.Source;
    }

    // One operand waits and has no register of the host: it is computed as often as it is used and never stored.
    private bool TryCombine(in Instruction i, HostArithmetic operation)
    {
        (byte late, byte ready) = Waits(i.Rs1) ? (i.Rs1, i.Rs2) : (i.Rs2, i.Rs1);
        if (ready == 0 || map.IsPinned(late))
        {
            return false;
        }

        ComputeFrom(i.Rd);
        if (!Waits(late))
        {
            return false;
        }

        Write(Ecx, waiting[late]);
        if (i.Rd == ready)
        {
            emitter.Arithmetic(operation, map.Of(ready), Ecx);
        }
        else if (map.IsPinned(i.Rd))
        {
            emitter.Mov(map.Of(i.Rd), map.Of(ready));
            emitter.Arithmetic(operation, map.Of(i.Rd), Ecx);
        }
        else
        {
            emitter.Arithmetic(operation, Ecx, map.Of(ready));
            emitter.Mov(map.Of(i.Rd), Ecx);
        }

        Forget(i.Rd);
        return true;
    }

    private void ComputeFrom(int source)
    {
        for (uint left = waits; left != 0; left &= left - 1)
        {
            int register = BitOperations.TrailingZeroCount(left);
            if (waiting[register].Source == source)
            {
                Compute(register);
            }
        }
    }

    private void Compute(int register)
    {
        if (Waits(register))
        {
            Forget(register);
            WriteHome(waiting[register]);
        }
    }

    private void WriteHome(in Waiting value)
    {
        HostRegister target = map.Target(value.Register);
        Write(target, value);
        if (!map.IsPinned(value.Register))
        {
            emitter.Mov(map.Of(value.Register), target);
        }
    }

    private void Write(HostRegister target, in Waiting value)
    {
        if (value.Kind == Kind.Rotation)
        {
            emitter.Rorx(target, map.Of(value.Source), value.Count);
            return;
        }

        emitter.Mov(target, map.Of(value.Source));
        emitter.Shift(value.Kind == Kind.Left ? HostShift.Shl : HostShift.Shr, target, value.Count);
    }

    private readonly record struct Waiting(byte Register, Kind Kind, byte Source, byte Count);
}
