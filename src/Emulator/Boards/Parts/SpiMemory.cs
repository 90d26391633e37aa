// What SPI memories have in common: a transaction is a command byte, then what the command has of three address
// bytes, dummy bytes and data. In QPI mode all of it goes over four lines, else the command goes over one, and
// what follows over one or four.

namespace XousCloud.Emulator.Boards.Parts;

/// <summary>A memory behind an SPI chip select.</summary>
/// <param name="name">Its maker's name for it.</param>
public abstract class SpiMemory(string name) : SpiPart(name)
{
    private bool quad;
    private byte opcode;
    private uint position; // of the byte in the transaction
    private uint address;

    /// <summary>What follows a command, in bytes.</summary>
    /// <param name="Address">3, or 0 for none.</param>
    /// <param name="Dummies">Clocks without meaning, as the bytes that they make up.</param>
    /// <param name="Quad">Whether it goes over four lines outside of QPI mode, too.</param>
    protected readonly record struct Format(uint Address = 0, uint Dummies = 0, bool Quad = false);

    /// <summary>QPI mode: the command byte goes over four lines, too.</summary>
    protected bool IsQuad
    {
        get => quad;
        set => quad = value;
    }

    /// <summary>The transaction's command.</summary>
    protected byte Opcode => opcode;

    /// <summary>The address that was sent.</summary>
    protected uint Address => address;

    protected override bool ExpectsQuad => quad || (position > 0 && FormatOf(opcode) is { Quad: true });

    /// <summary>How many bytes of data have been clocked.</summary>
    private uint DataCount(Format format) =>
        position <= 1 + format.Address + format.Dummies ? 0 : position - 1 - format.Address - format.Dummies;

    /// <summary>What follows a command in the present mode, or null where the part knows none such.</summary>
    protected abstract Format? FormatOf(byte command);

    /// <summary>A byte of the answer.</summary>
    protected abstract byte ReadData(uint index);

    /// <summary>A byte of data, or what the host drove while the answer was sent.</summary>
    protected abstract void WriteData(uint index, byte value);

    /// <summary>The transaction of a known command ended after whole bytes, its address complete.</summary>
    /// <param name="dataCount">How many bytes of data there were.</param>
    protected abstract void Execute(uint dataCount);

    protected override void Begin() => position = address = 0;

    protected override byte Send() =>
        position > 0 && FormatOf(opcode) is { } format && position > format.Address + format.Dummies
            ? ReadData(position - 1 - format.Address - format.Dummies)
            : Undriven;

    protected override void Receive(byte value)
    {
        uint at = position++;
        if (at == 0)
        {
            opcode = value;
        }
        else if (FormatOf(opcode) is { } format)
        {
            if (at <= format.Address)
            {
                address = (address << 8) | value;
            }
            else if (at > format.Address + format.Dummies)
            {
                WriteData(at - 1 - format.Address - format.Dummies, value);
            }
        }
    }

    protected override void End(bool whole)
    {
        if (whole && position > 0 && FormatOf(opcode) is { } format && position > format.Address)
        {
            Execute(DataCount(format));
        }

        position = 0;
    }

    public override void State(StateStream state)
    {
        base.State(state);
        state.Bool(ref quad);
        state.U8(ref opcode);
        state.U32(ref position);
        state.U32(ref address);
    }
}
