// Takes traps in C#: a naked entry that saves the registers, and a handler that looks at the cause.
//
// Shows:   naked methods; CSRs; environment calls; illegal instructions; an interrupt; atomics.
// Proof:   a line "name: ok" on the DUART for each, and "done" at the end.

using XousCloud.Guest;

namespace Traps;

internal static unsafe class Program
{
    private const uint IllegalInstruction = 2;
    private const uint LoadMisaligned = 4;
    private const uint EnvironmentCallFromMachine = 11;
    private const uint SupervisorSoftwareInterrupt = 0x8000_0001;

    private const uint SoftwareBit = 1 << 1;
    private const uint MachineInterruptEnable = 1 << 3;
    private const uint FrameSize = 128;

    private static uint lastCause;
    private static uint lastValue;
    private static uint traps;
    private static uint word;

    [EntryPoint]
    public static void Main()
    {
        Csr.Write(Csr.Mtvec, (uint)(delegate*<void>)&TrapEntry);
        Csr.Write(Csr.Mideleg, 0);
        Csr.Write(Csr.Medeleg, 0);
        Registers();
        Exceptions();
        Interrupts();
        Atomics();
        Duart.Write("done\r\n"u8);
    }

    private static void Registers()
    {
        Csr.Write(Csr.Mscratch, 0x1234_5678);
        uint old = Csr.ReadWrite(Csr.Mscratch, 0xF0);
        Report("csrrw"u8, old == 0x1234_5678 && Csr.Read(Csr.Mscratch) == 0xF0);
        old = Csr.ReadSet(Csr.Mscratch, 0x0F);
        Report("csrrs"u8, old == 0xF0 && Csr.Read(Csr.Mscratch) == 0xFF);
        old = Csr.ReadClear(Csr.Mscratch, 0x3C);
        Report("csrrc"u8, old == 0xFF && Csr.Read(Csr.Mscratch) == 0xC3);
        Csr.Set(Csr.Mscratch, 4);
        Csr.Clear(Csr.Mscratch, 1);
        Report("csrs and csrc"u8, Csr.Read(Csr.Mscratch) == 0xC6);

        uint before = Csr.Read(Csr.Minstret);
        Riscv.Fence();
        Riscv.FenceI();
        Riscv.SfenceVma();
        Riscv.FlushDataCache();
        Report("fences"u8, Csr.Read(Csr.Minstret) - before is >= 4 and < 20);
    }

    private static void Exceptions()
    {
        EnvironmentCallResult result = Riscv.EnvironmentCall(1, 2, 3, 4, 5, 6, 7, 8);
        bool isRight = result is { A0: 10, A1: 3, A2: 4, A3: 5, A4: 6, A5: 7, A6: 8, A7: 9 };
        Report("ecall with eight words"u8, isRight && lastCause == EnvironmentCallFromMachine);
        Report("ecall with four words"u8, Riscv.EnvironmentCall(10, 20, 30, 40) == 100);

        traps = 0;
        Riscv.Instruction(0xFFFF_FFFF);
        Report("illegal instruction"u8, traps == 1 && lastCause == IllegalInstruction && lastValue == 0xFFFF_FFFF);

        uint address = (uint)(delegate*<void>)&LoadFromOne;
        ((delegate*<void>)address)();
        Report("misaligned load"u8, traps == 2 && lastCause == LoadMisaligned && lastValue == 1);
    }

    private static void Interrupts()
    {
        traps = 0;
        Csr.Set(Csr.Mie, SoftwareBit);
        Csr.Set(Csr.Mip, SoftwareBit);
        uint masked = Volatile.Read(ref traps);
        Csr.Set(Csr.Mstatus, MachineInterruptEnable);
        uint taken = Volatile.Read(ref traps);
        Csr.Clear(Csr.Mstatus, MachineInterruptEnable);
        Report("interrupt"u8, masked == 0 && taken == 1 && lastCause == SupervisorSoftwareInterrupt);
        Csr.Set(Csr.Mip, SoftwareBit);
        Riscv.Wfi();
        Report("wfi with interrupts off"u8, Volatile.Read(ref traps) == 1);
        Csr.Clear(Csr.Mip, SoftwareBit);
        Csr.Clear(Csr.Mie, SoftwareBit);
    }

    private static void Atomics()
    {
        word = 5;
        Report("amoswap"u8, Atomic.Swap(ref word, 7) == 5 && word == 7);
        Report("amoadd"u8, Atomic.Add(ref word, 0xFFFF_FFFF) == 7 && word == 6);
        Report("amoand"u8, Atomic.And(ref word, 3) == 6 && word == 2);
        Report("amoor"u8, Atomic.Or(ref word, 9) == 2 && word == 11);
        Report("amoxor"u8, Atomic.Xor(ref word, 3) == 11 && word == 8);
        Report("amomin"u8, Atomic.Min(ref word, 0xFFFF_FFFE) == 8 && word == 0xFFFF_FFFE);
        Report("amomax"u8, Atomic.Max(ref word, 4) == 0xFFFF_FFFE && word == 4);
        Report("amominu"u8, Atomic.MinU(ref word, 0xFFFF_FFFE) == 4 && word == 4);
        Report("amomaxu"u8, Atomic.MaxU(ref word, 0xFFFF_FFFE) == 4 && word == 0xFFFF_FFFE);
        Report("compare and exchange"u8, Atomic.CompareExchange(ref word, 1, 0xFFFF_FFFE) == 0xFFFF_FFFE && word == 1);
        Report("compare and leave"u8, Atomic.CompareExchange(ref word, 2, 3) == 1 && word == 1);
        Report("interlocked"u8, Interlocked.Increment(ref word) == 2 && Interlocked.Exchange(ref word, 9) == 2 && word == 9);
    }

    /// <summary>The registers stand in the frame by their numbers; sp's place is free.</summary>
    [Naked]
    private static void TrapEntry()
    {
        Assembler.Addi(Register.Sp, Register.Sp, -(int)FrameSize);
        for (Register register = Register.Ra; register <= Register.T6; register++)
        {
            if (register != Register.Sp)
            {
                Assembler.Sw(register, 4 * (int)register, Register.Sp);
            }
        }

        Assembler.Mv(Register.A0, Register.Sp);
        Assembler.Call((delegate*<uint*, void>)&OnTrap);
        for (Register register = Register.Ra; register <= Register.T6; register++)
        {
            if (register != Register.Sp)
            {
                Assembler.Lw(register, 4 * (int)register, Register.Sp);
            }
        }

        Assembler.Addi(Register.Sp, Register.Sp, (int)FrameSize);
        Assembler.Mret();
    }

    [Naked]
    private static void LoadFromOne()
    {
        Assembler.Li(Register.T0, 1);
        Assembler.Lw(Register.T1, 0, Register.T0);
        Assembler.Ret();
    }

    /// <summary>An environment call returns the sum of its first four words in a0, and each other word plus 1.</summary>
    private static void OnTrap(uint* frame)
    {
        traps++;
        lastCause = Csr.Read(Csr.Mcause);
        lastValue = Csr.Read(Csr.Mtval);
        if (lastCause == SupervisorSoftwareInterrupt)
        {
            Csr.Clear(Csr.Mip, SoftwareBit);
            return;
        }

        if (lastCause == EnvironmentCallFromMachine)
        {
            uint* arguments = frame + (uint)Register.A0;
            arguments[0] += arguments[1] + arguments[2] + arguments[3];
            for (int i = 1; i < 8; i++)
            {
                arguments[i]++;
            }
        }

        Csr.Write(Csr.Mepc, Csr.Read(Csr.Mepc) + 4);
    }

    private static void Report(ReadOnlySpan<byte> name, bool isRight)
    {
        Duart.Write(name);
        Duart.Write(isRight ? ": ok\r\n"u8 : ": FAILED\r\n"u8);
    }
}
