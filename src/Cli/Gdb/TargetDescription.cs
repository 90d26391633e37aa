// What a debugger is told about the core's registers. Facts: GDB manual, Target Descriptions and RISC-V Features; the numbers
// are GDB's own: 0 to 31, 32 for the pc, 65 and the CSR's number for a CSR, 4161 for the privilege.

using System.Globalization;
using System.Text;
using XousCloud.Emulator.Cpu;

namespace XousCloud.Cli.Gdb;

/// <summary>The core's registers as GDB sees them.</summary>
internal static class TargetDescription
{
    public const uint Pc = 32;
    public const uint FirstControlRegister = 65;
    public const uint Privilege = FirstControlRegister + 4096;

    private static readonly string[] Names =
    [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];

    /// <summary>target.xml.</summary>
    public static string Xml(Hart hart)
    {
        StringBuilder xml = new("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">");
        xml.Append("<architecture>riscv:rv32</architecture><feature name=\"org.gnu.gdb.riscv.cpu\">");
        for (int i = 0; i < Names.Length; i++)
        {
            Append(xml, Names[i], (uint)i, i is 2 or 3 or 4 or 8 ? "data_ptr" : i == 1 ? "code_ptr" : "int");
        }

        Append(xml, "pc", Pc, "code_ptr");
        xml.Append("</feature><feature name=\"org.gnu.gdb.riscv.csr\">");
        foreach ((string name, ushort number, _) in hart.ControlRegisters())
        {
            Append(xml, name, FirstControlRegister + number, "int");
        }

        xml.Append("</feature><feature name=\"org.gnu.gdb.riscv.virtual\">");
        Append(xml, "priv", Privilege, "int");
        return xml.Append("</feature></target>").ToString();
    }

    private static void Append(StringBuilder xml, string name, uint number, string type) => xml.Append(
        CultureInfo.InvariantCulture, $"<reg name=\"{name}\" bitsize=\"32\" regnum=\"{number}\" type=\"{type}\"/>");
}
