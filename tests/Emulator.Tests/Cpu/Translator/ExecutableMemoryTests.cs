using XousCloud.Emulator.Cpu.Translator;

namespace XousCloud.Emulator.Tests.Cpu.Translator;

public sealed unsafe class ExecutableMemoryTests
{
    [Fact]
    public void No_page_is_writable_and_executable_at_one_address()
    {
        Assert.SkipUnless(ExecutableMemory.IsAllowed, "This host does not allow executable memory.");
        using ExecutableMemory memory = ExecutableMemory.TryCreate(0x10000, 0x10000)!;
        memory.Writable[0] = 0xC3;

        Assert.Equal(0xC3, memory.Executable[0]);
        Assert.Equal("rw", AccessTo(memory.Writable));
        Assert.Equal("rx", AccessTo(memory.Executable));
        Assert.Equal("rw", AccessTo(memory.Data));
    }

    private static string AccessTo(byte* place)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] ends = line.Split(' ')[0].Split('-');
            if ((ulong)place >= Convert.ToUInt64(ends[0], 16) && (ulong)place < Convert.ToUInt64(ends[1], 16))
            {
                return line.Split(' ')[1][..3].Replace("-", string.Empty, StringComparison.Ordinal);
            }
        }

        return "nothing";
    }
}
