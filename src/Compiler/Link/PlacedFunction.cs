// A function in the image: its address, and where each of its instructions lies.

using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Link;

internal sealed class PlacedFunction
{
    private readonly uint[] offsets;

    public PlacedFunction(MachineFunction function)
    {
        Function = function;
        Sizes = new byte[function.Naked?.Words.Count ?? function.Code.Count];
        offsets = new uint[Sizes.Length + 1];
        if (function.Naked is not null)
        {
            Array.Fill<byte>(Sizes, 4);
            PlaceInstructions();
        }
    }

    public MachineFunction Function { get; }

    public uint Address { get; set; }

    /// <summary>Bytes of the code.</summary>
    public uint Size => offsets[^1];

    /// <summary>The bytes that each instruction takes: 0, 2, 4, 6 or 8.</summary>
    public byte[] Sizes { get; }

    /// <summary>The address of an instruction, or of the end if the index is the number of instructions.</summary>
    public uint AddressOf(int index) => Address + offsets[index];

    public uint AddressOfLabel(int label) => AddressOf(Function.Labels[label]);

    /// <summary>Takes over changed sizes.</summary>
    public void PlaceInstructions()
    {
        uint offset = 0;
        for (int index = 0; index < Sizes.Length; index++)
        {
            offsets[index] = offset;
            offset += Sizes[index];
        }

        offsets[^1] = offset;
    }
}
