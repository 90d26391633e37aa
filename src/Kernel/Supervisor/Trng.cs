// The chip's random numbers, for identities of servers (soc.md 5.5). Reads wait until the generator has a word.

using XousCloud.Guest;

namespace XousCloud.Kernel.Supervisor;

internal static class Trng
{
    private const uint Sr = 0xFFCE_0010;
    private const uint Buf = 0xFFCE_0030;
    private const uint BufReady = 1 << 28;

    public static ServerId Draw() => new(Word(), Word(), Word(), Word());

    private static uint Word()
    {
        while ((Mmio.Read32(Sr) & BufReady) == 0)
        {
        }

        return Mmio.Read32(Buf);
    }
}
