// QEMU's `virt` board with a core like ours, run to the end of a program that ends itself. RAM is a file, so that
// everything the program has left in memory can be read afterwards.

namespace XousCloud.Emulator.Tests.Cpu;

internal static class QemuVirt
{
    // QEMU puts its device tree near the end of RAM; the programs use the lower part, as large as VirtMachine's.
    private const int Megabytes = 48;

    private const string Core =
        "rv32,f=off,d=off,zba=off,zbb=off,zbc=off,zbs=off,h=off,pmp=off,sstc=off,Zfh=off,Zfhmin=off";

    // One, but room for a second: only then QEMU's atomics are one access that faults as a store, and not a load and a
    // store of which the load faults.
    private const string Harts = "1,maxcpus=2";

    /// <summary>Runs a program and gives the lower RAM that it left.</summary>
    public static byte[] Run(byte[] program)
    {
        string folder = Directory.CreateTempSubdirectory("qemu-virt-").FullName;
        try
        {
            string image = Path.Combine(folder, "program.bin");
            string memory = Path.Combine(folder, "memory.bin");
            File.WriteAllBytes(image, program);
            ExternalTool.Run(
                "qemu-system-riscv32",
                TimeSpan.FromSeconds(120),
                "-machine", "virt,memory-backend=ram", "-smp", Harts, "-m", $"{Megabytes}M", "-cpu", Core,
                "-object", $"memory-backend-file,id=ram,size={Megabytes}M,mem-path={memory},share=on",
                "-bios", image, "-display", "none", "-serial", "none", "-monitor", "none", "-nodefaults");
            using FileStream stream = File.OpenRead(memory);
            byte[] ram = new byte[VirtMachine.RamLength];
            stream.ReadExactly(ram);
            return ram;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
