// The registers of a thread that does not run: x1 to x31 and the program counter, as the trap entry leaves them.

using System.Runtime.CompilerServices;

namespace XousCloud.Kernel;

[InlineArray(Words)]
public struct ThreadContext
{
    public const int Words = 32;

    private const int FirstArgument = 9; // x10 stands at index 9: x0 has no place
    private const int ProgramCounter = 31;

    private uint first;

    public uint Pc
    {
        readonly get => this[ProgramCounter];
        set => this[ProgramCounter] = value;
    }

    public uint ReturnAddress
    {
        readonly get => this[0];
        set => this[0] = value;
    }

    public uint StackPointer
    {
        readonly get => this[1];
        set => this[1] = value;
    }

    public uint A0
    {
        readonly get => this[FirstArgument];
        set => this[FirstArgument] = value;
    }

    public uint A1
    {
        readonly get => this[FirstArgument + 1];
        set => this[FirstArgument + 1] = value;
    }

    public uint A2
    {
        readonly get => this[FirstArgument + 2];
        set => this[FirstArgument + 2] = value;
    }

    public uint A3
    {
        readonly get => this[FirstArgument + 3];
        set => this[FirstArgument + 3] = value;
    }

    public uint A4
    {
        readonly get => this[FirstArgument + 4];
        set => this[FirstArgument + 4] = value;
    }

    public uint A5
    {
        readonly get => this[FirstArgument + 5];
        set => this[FirstArgument + 5] = value;
    }

    public uint A6
    {
        readonly get => this[FirstArgument + 6];
        set => this[FirstArgument + 6] = value;
    }

    public uint A7
    {
        readonly get => this[FirstArgument + 7];
        set => this[FirstArgument + 7] = value;
    }

    public void Clear() => this = default;

    /// <summary>Puts an answer into a0 to a7; words that it does not use are 0.</summary>
    public void Answer(ResultTag tag, uint a1 = 0, uint a2 = 0, uint a3 = 0, uint a4 = 0, uint a5 = 0, uint a6 = 0, uint a7 = 0)
    {
        A0 = (uint)tag;
        A1 = a1;
        A2 = a2;
        A3 = a3;
        A4 = a4;
        A5 = a5;
        A6 = a6;
        A7 = a7;
    }

    public void Answer(XousError error)
    {
        if (error == XousError.None)
        {
            Answer(ResultTag.Ok);
        }
        else
        {
            Answer(ResultTag.Error, (uint)error);
        }
    }
}
