// .debug_frame: how a debugger finds the caller. At a function's start the CFA is sp and the return address is in ra;
// from there on its frame rules hold. The return address is marked as lost in the entry function, and at a panic call
// of a function that keeps ra in its register, as the call itself overwrites it.

using XousCloud.Compiler.Backend;

namespace XousCloud.Compiler.Link;

internal static class DwarfFrames
{
    private const int Version = 4;
    private const int AddressSize = 4;
    private const uint CodeAlignment = 2;
    private const int DataAlignment = -4;
    private const byte Ra = 1;
    private const uint Sp = 2;

    private const int AdvanceLocation = 0x40;
    private const int Offset = 0x80;
    private const int Restore = 0xC0;
    private const int AdvanceLocation1 = 0x02;
    private const int AdvanceLocation4 = 0x04;
    private const int RestoreExtended = 0x06;
    private const int Undefined = 0x07;
    private const int DefineCfa = 0x0C;
    private const int DefineCfaOffset = 0x0E;
    private const int OffsetExtendedSigned = 0x11;

    public static byte[] Write(IReadOnlyList<PlacedFunction> functions)
    {
        var section = new ByteWriter();
        int start = Begin(section);
        section.Word(uint.MaxValue); // a CIE
        section.Byte(Version);
        section.Byte(0); // no augmentation
        section.Byte(AddressSize);
        section.Byte(0); // no segments
        section.Uleb(CodeAlignment);
        section.Sleb(DataAlignment);
        section.Uleb(Ra);
        section.Byte(DefineCfa);
        section.Uleb(Sp);
        section.Uleb(0);
        End(section, start);

        foreach (PlacedFunction function in functions)
        {
            start = Begin(section);
            section.Word(0); // the CIE's place
            section.Word(function.Address);
            section.Word(function.Size);
            WriteRules(section, function, isEntry: function == functions[0]);
            End(section, start);
        }

        return section.ToArray();
    }

    private static int Begin(ByteWriter section)
    {
        section.Word(0);
        return section.Length;
    }

    private static void End(ByteWriter section, int start)
    {
        section.Align(AddressSize); // 0 is an instruction that does nothing
        section.Set(start - sizeof(uint), (uint)(section.Length - start));
    }

    private static void WriteRules(ByteWriter section, PlacedFunction function, bool isEntry)
    {
        List<FrameRule> rules = function.Function.FrameRules;
        List<MachineInstruction> code = function.Function.Code;
        var state = new State(section, function.Address);
        int next = 0;
        IReadOnlyList<(byte Register, int Offset)> saved = [];
        int count = Math.Max(1, function.Function.Naked is null ? code.Count : 0);
        for (int index = 0; index < count; index++)
        {
            uint address = function.AddressOf(index);
            for (; next < rules.Count && rules[next].Index <= index; next++)
            {
                saved = rules[next].Saved;
                state.SetCfa(address, rules[next].CfaOffset);
                state.SetSaved(address, saved);
            }

            bool isLost = isEntry || (index < code.Count && code[index].IsPanicSite);
            state.SetLost(address, isLost && !saved.Any(register => register.Register == Ra));
        }
    }

    // What the instructions so far have said. Only changes are written.
    private sealed class State(ByteWriter section, uint address)
    {
        private readonly SortedDictionary<byte, int> offsets = [];
        private uint location = address;
        private int cfa;
        private bool isLost;

        public void SetCfa(uint at, int offset)
        {
            if (offset != cfa)
            {
                MoveTo(at);
                section.Byte(DefineCfaOffset);
                section.Uleb((uint)offset);
                cfa = offset;
            }
        }

        public void SetSaved(uint at, IReadOnlyList<(byte Register, int Offset)> saved)
        {
            byte[] restored = [.. offsets.Keys.Where(register => saved.All(other => other.Register != register))];
            foreach (byte register in restored)
            {
                MoveTo(at);
                section.Byte(Restore | register);
                offsets.Remove(register);
            }

            foreach ((byte register, int offset) in saved)
            {
                if (offsets.TryGetValue(register, out int known) && known == offset)
                {
                    continue;
                }

                MoveTo(at);
                offsets[register] = offset;
                if (offset <= 0)
                {
                    section.Byte(Offset | register);
                    section.Uleb((uint)(offset / DataAlignment));
                }
                else
                {
                    section.Byte(OffsetExtendedSigned);
                    section.Uleb(register);
                    section.Sleb(offset / DataAlignment);
                }
            }

            isLost &= !offsets.ContainsKey(Ra);
        }

        public void SetLost(uint at, bool lost)
        {
            if (lost == isLost)
            {
                return;
            }

            MoveTo(at);
            isLost = lost;
            section.Byte(lost ? Undefined : RestoreExtended);
            section.Uleb(Ra);
        }

        private void MoveTo(uint at)
        {
            uint advance = (at - location) / CodeAlignment;
            location = at;
            switch (advance)
            {
                case 0:
                    break;
                case < 0x40:
                    section.Byte(AdvanceLocation | (int)advance);
                    break;
                case <= byte.MaxValue:
                    section.Byte(AdvanceLocation1);
                    section.Byte((int)advance);
                    break;
                default:
                    section.Byte(AdvanceLocation4);
                    section.Word(advance);
                    break;
            }
        }
    }
}
