// From a function's values to its machine code: instructions are selected over virtual registers, constants placed, copies
// coalesced, registers assigned (again, after spills), and the blocks tidied up, laid out and written.

using System.Numerics;
using XousCloud.Compiler.Ir;

namespace XousCloud.Compiler.Backend;

/// <summary>The back end for one function at a time.</summary>
public static class CodeGenerator
{
    /// <summary>Frame space for spilled values that every instruction reaches, whatever else is in the frame.</summary>
    private const int NearSpillBytes = 900;

    /// <summary>Translates an optimized function. Its values and blocks are renumbered; nothing else in it changes.</summary>
    /// <exception cref="CompileErrorException">The function still has an unsupported operation, or is too large.</exception>
    public static MachineFunction Generate(Function function, PanicSymbols panics)
    {
        if (function.Naked is { } naked)
        {
            return new MachineFunction(function.Symbol) { Naked = naked, Position = function.Position };
        }

        MachineBody body = Selection.Select(function);
        MachineLoops.Analyze(body);
        ConstantPlacement.Run(body);
        AssignRegisters(body);
        BlockLayout.Run(body);
        return Emission.Emit(body, panics);
    }

    private static void AssignRegisters(MachineBody body)
    {
        LiveRanges live = LiveRanges.Find(body);
        Coalescing.Run(body, live);
        EdgeMoves.Run(body);
        live = LiveRanges.Find(body);
        Coalescing.Run(body, live);
        if (EdgeMoves.TakeBack(body, live))
        {
            live = LiveRanges.Find(body);
            Coalescing.Run(body, live);
        }

        while (true)
        {
            (int[] assigned, List<int> spilled) = RegisterAssignment.Run(body, live);
            if (spilled.Count == 0)
            {
                Apply(body, live, assigned);
                return;
            }

            Spilling.Run(body, live, spilled);
            body.HasFarSpills |= body.Frame.Sum(item => item.Area == FrameArea.Spill ? item.Size : 0) > NearSpillBytes;
            live = LiveRanges.Find(body);
        }
    }

    /// <summary>Names the assigned registers in the instructions, and puts moves into a sequence.</summary>
    private static void Apply(MachineBody body, LiveRanges live, int[] assigned)
    {
        uint used = 0;
        foreach (int register in assigned)
        {
            used |= 1u << register;
        }

        uint candidates = Registers.CallerSaved | (used & Registers.CalleeSaved);
        int position = 0;
        foreach (MachineBlock block in body.Blocks)
        {
            List<Instruction> code = new(block.Code.Count);
            foreach (Instruction instruction in block.Code)
            {
                instruction.Rename(register => Registers.IsVirtual(register) ? assigned[register] : register);
                if (instruction.Pseudo == Pseudo.Moves)
                {
                    code.AddRange(MoveSequence.Expand(body, instruction, FreeAt(live, position, candidates)));
                }
                else
                {
                    code.Add(instruction);
                }

                position += 2;
            }

            block.Code = code;
        }
    }

    private static uint FreeAt(LiveRanges live, int position, uint candidates)
    {
        uint free = 0;
        for (uint bits = candidates; bits != 0; bits &= bits - 1)
        {
            int register = BitOperations.TrailingZeroCount(bits);
            if (!live.Fixed[register].Contains(position) && !live.Fixed[register].Contains(position + 1))
            {
                free |= 1u << register;
            }
        }

        return free;
    }
}
