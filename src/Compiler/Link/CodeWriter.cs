// Encodes placed functions with the sizes that Relaxation chose.

using System.Buffers.Binary;
using XousCloud.Compiler.Backend;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Link;

internal sealed class CodeWriter(Layout layout, Relaxation relaxation)
{
    /// <summary>Writes the function's code to its first <see cref="PlacedFunction.Size"/> bytes.</summary>
    public void Write(PlacedFunction function, Span<byte> target)
    {
        if (function.Function.Naked is { } naked)
        {
            WriteNaked(function, naked, target);
            return;
        }

        for (int index = 0; index < function.Sizes.Length; index++)
        {
            int size = function.Sizes[index];
            if (size == 0)
            {
                continue;
            }

            try
            {
                Write(relaxation.Resolve(function, index), target[..size]);
            }
            catch (ArgumentOutOfRangeException error)
            {
                throw new InvalidOperationException(
                    $"{function.Function.Symbol.Name}, instruction {index}: {error.Message}", error);
            }

            target = target[size..];
        }
    }

    private static void Write(in MachineInstruction instruction, Span<byte> target)
    {
        if (target.Length == 2)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target, CompressedEncoder.Encode(instruction));
        }
        else if (target.Length == 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, Encoder.Encode(instruction));
        }
        else if (instruction.Op == MachineOp.Jal)
        {
            WriteFarCall(instruction, target);
        }
        else
        {
            int skip = target.Length - 4;
            Write(Relaxation.Opposite(instruction, target.Length), target[..skip]);
            uint jump = Encoder.Encode(new MachineInstruction { Op = MachineOp.Jal, Imm = instruction.Imm - skip });
            BinaryPrimitives.WriteUInt32LittleEndian(target[skip..], jump);
        }
    }

    private static void WriteFarCall(in MachineInstruction call, Span<byte> target)
    {
        var distance = (uint)call.Imm;
        uint second = Encoder.Encode(new MachineInstruction
        {
            Op = MachineOp.Jalr, Rd = call.Rd, Rs1 = call.Rd, Imm = Relaxation.Low(distance),
        });
        BinaryPrimitives.WriteUInt32LittleEndian(target, Encoder.EncodeAuipc(call.Rd, Relaxation.High(distance)));
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], second);
    }

    private void WriteNaked(PlacedFunction function, NakedCode naked, Span<byte> target)
    {
        for (int index = 0; index < naked.Words.Count; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[(4 * index)..], naked.Words[index]);
        }

        foreach ((int index, NakedRelocation kind, Symbol symbol, int addend) in naked.Relocations)
        {
            if (index < 0 || index >= naked.Words.Count)
            {
                throw new CompileErrorException(
                    DiagnosticCode.Image,
                    $"'{function.Function.Symbol.Name}' names an address outside its code.",
                    function.Function.Position);
            }

            uint address = layout.AddressOf(symbol) + (uint)addend;
            Span<byte> place = target.Slice(4 * index, 4);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(place);
            BinaryPrimitives.WriteUInt32LittleEndian(place, Relocate(function, index, kind, word, address));
        }
    }

    private static uint Relocate(PlacedFunction function, int index, NakedRelocation kind, uint word, uint address)
    {
        switch (kind)
        {
            case NakedRelocation.Jal:
                var distance = (int)(address - function.AddressOf(index));
                return Encoder.IsSigned(distance, 21) && distance % 2 == 0
                    ? (word & 0xFFF) | Encoder.JumpImmediate(distance)
                    : throw Relaxation.TooFar(function, null);
            case NakedRelocation.High:
                return (word & 0xFFF) | (Relaxation.High(address) << 12);
            case NakedRelocation.Low when Encoder.IsStore(word):
                return (word & 0x01FFF07F) | Encoder.StoreImmediate(Relaxation.Low(address));
            case NakedRelocation.Low:
                return (word & 0xFFFFF) | ((uint)Relaxation.Low(address) << 20);
            default:
                return address;
        }
    }
}
