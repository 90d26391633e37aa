// One decoded instruction, the form that stepper, threaded interpreter and disassembler share.

namespace XousCloud.Emulator.Cpu;

/// <summary>A decoded instruction.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Rd">Destination register, 0 to 31.</param>
/// <param name="Rs1">First source register; the 5-bit immediate of the CSR instructions that have one.</param>
/// <param name="Rs2">Second source register; the shift amount of shifts by an immediate.</param>
/// <param name="Length">2 or 4 bytes.</param>
/// <param name="Immediate">Sign-extended immediate; the CSR number of CSR instructions; the byte of AES.</param>
/// <param name="Word">
/// What the core reports as xtval when the instruction traps: the 32-bit encoding, for a compressed ebreak that of
/// the full one, for an illegal compressed instruction 0.
/// </param>
public readonly record struct Instruction(
    Operation Operation, byte Rd, byte Rs1, byte Rs2, byte Length, int Immediate, uint Word);
