// The machine as a debugger's commands see it: registers, memory, and where to stop. Values go over the wire in the target's
// order of bytes, low ones first, as hexadecimal digits.

using System.Buffers.Binary;
using System.Globalization;
using XousCloud.Emulator;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Cli.Gdb;

/// <summary>Answers the commands that look into the machine and change it.</summary>
internal sealed class GdbTarget(Machine machine)
{
    public const string Ok = "OK";

    /// <summary>The answer to a command that cannot be understood.</summary>
    public const string Malformed = "E01";

    /// <summary>The answer where there is no memory, or no register that can be written. Device registers are not read: reading
    /// them changes the machine.</summary>
    public const string NotThere = "E0e";

    private const int Registers = 33;
    private const int DigitsOfRegister = 8;

    private readonly Hart hart = machine.Hart;

    /// <summary>g.</summary>
    public string ReadRegisters() => string.Concat(Enumerable.Range(0, Registers).Select(number => Hex(Register((uint)number)!.Value)));

    /// <summary>G.</summary>
    public string WriteRegisters(string digits)
    {
        if (digits.Length != Registers * DigitsOfRegister || !TryBytes(digits, out byte[] bytes))
        {
            return Malformed;
        }

        for (int number = 0; number < Registers; number++)
        {
            Write((uint)number, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(number * 4)));
        }

        return Ok;
    }

    /// <summary>p: the register's number.</summary>
    public string ReadRegister(string number) =>
        !TryNumber(number, out uint register) ? Malformed : Register(register) is { } value ? Hex(value) : NotThere;

    /// <summary>P: NUMBER=VALUE.</summary>
    public string WriteRegister(string assignment)
    {
        string[] sides = assignment.Split('=');
        return sides.Length != 2 || !TryNumber(sides[0], out uint register) || sides[1].Length != DigitsOfRegister
            || !TryBytes(sides[1], out byte[] bytes) ? Malformed
            : Write(register, BinaryPrimitives.ReadUInt32LittleEndian(bytes)) ? Ok
            : NotThere;
    }

    /// <summary>m: ADDRESS,LENGTH. As much as there is memory is read.</summary>
    public string ReadMemory(string range)
    {
        if (!TryRange(range, out uint address, out uint length))
        {
            return Malformed;
        }

        byte[] bytes = new byte[Math.Min(length, (GdbConnection.LongestPayload / 2) - 1)];
        int read = 0;
        while (read < bytes.Length)
        {
            int wanted = (int)Math.Min((uint)(bytes.Length - read), 0x1000 - ((address + (uint)read) & 0xFFF));
            if (!hart.TryReadVirtual(address + (uint)read, bytes.AsSpan(read, wanted)))
            {
                break;
            }

            read += wanted;
        }

        return read == 0 && bytes.Length > 0 ? NotThere : Convert.ToHexStringLower(bytes.AsSpan(0, read));
    }

    /// <summary>M and X: ADDRESS,LENGTH, and the bytes.</summary>
    public string WriteMemory(string range, ReadOnlySpan<byte> bytes) =>
        !TryRange(range, out uint address, out uint length) || length != bytes.Length ? Malformed
        : hart.TryWriteVirtual(address, bytes) ? Ok
        : NotThere;

    /// <summary>Z and z: KIND,ADDRESS,LENGTH.</summary>
    /// <returns>Nothing for a kind that there is none of.</returns>
    public string ChangeStop(string text, bool insert)
    {
        string[] parts = text.Split(';')[0].Split(',');
        if (parts.Length != 3 || !TryNumber(parts[1], out uint address) || !TryNumber(parts[2], out uint length))
        {
            return Malformed;
        }

        switch (parts[0])
        {
            case "0" or "1" when insert:
                machine.Debug.AddBreakpoint(address);
                return Ok;
            case "0" or "1":
                machine.Debug.RemoveBreakpoint(address);
                return Ok;
            case "2" or "3" or "4" when length > 0:
                Watchpoint watched = new(address, length, parts[0] switch
                {
                    "2" => WatchedAccesses.Stores,
                    "3" => WatchedAccesses.Loads,
                    _ => WatchedAccesses.Loads | WatchedAccesses.Stores,
                });
                if (insert)
                {
                    machine.Debug.AddWatchpoint(watched);
                }
                else
                {
                    machine.Debug.RemoveWatchpoint(watched);
                }

                return Ok;
            default:
                return "";
        }
    }

    /// <summary>Why the machine stands still, as a stop reply.</summary>
    /// <param name="signal">What to say where no watchpoint was hit, as the number of a POSIX signal.</param>
    public string StopReply(int signal)
    {
        string reason = machine.Debug.Hit is { Watchpoint: { } watched } hit
            ? $"{Kind(watched)}:{hit.Address:x8};"
            : "";
        return $"T{signal:x2}{reason}thread:1;";
    }

    /// <summary>Hexadecimal digits to bytes.</summary>
    public static bool TryBytes(string digits, out byte[] bytes)
    {
        bytes = [];
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        bytes = Convert.FromHexString(digits);
        return true;
    }

    public static bool TryNumber(string digits, out uint value) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static string Kind(Watchpoint watched) => watched.Accesses switch
    {
        WatchedAccesses.Stores => "watch",
        WatchedAccesses.Loads => "rwatch",
        _ => "awatch",
    };

    private static bool TryRange(string text, out uint address, out uint length)
    {
        string[] sides = text.Split(',');
        (address, length) = (0, 0);
        return sides.Length == 2 && TryNumber(sides[0], out address) && TryNumber(sides[1], out length);
    }

    private static string Hex(uint value) => BinaryPrimitives.ReverseEndianness(value).ToString("x8", CultureInfo.InvariantCulture);

    private uint? Register(uint number)
    {
        switch (number)
        {
            case < TargetDescription.Pc:
                return hart.Register((int)number);
            case TargetDescription.Pc:
                return hart.Pc;
            case TargetDescription.Privilege:
                return (uint)hart.Privilege;
            default:
                foreach ((_, ushort control, uint value) in hart.ControlRegisters())
                {
                    if (control + TargetDescription.FirstControlRegister == number)
                    {
                        return value;
                    }
                }

                return null;
        }
    }

    // CSRs and the privilege are the guest's alone.
    private bool Write(uint number, uint value)
    {
        if (number < TargetDescription.Pc)
        {
            hart.SetRegister((int)number, value);
        }
        else if (number == TargetDescription.Pc)
        {
            hart.SetPc(value);
        }

        return number <= TargetDescription.Pc;
    }
}
