// Told when the core passes between privilege modes: all that is needed to see the calls of an operating system
// without knowing its code. Watching changes nothing; while nobody watches it costs one test for each passage.

namespace XousCloud.Emulator.Cpu;

/// <summary>Receives traps and returns. Registers, CSRs and memory may be read in a call, and nothing written.</summary>
internal interface IPrivilegeWatcher
{
    /// <summary>A trap was taken: the core stands before the handler's first instruction.</summary>
    /// <param name="cause">mcause or scause, bit 31 set for an interrupt.</param>
    /// <param name="pc">Where the trap came from (mepc or sepc).</param>
    /// <param name="from">The mode before.</param>
    void Trapped(uint cause, uint pc, Privilege from);

    /// <summary>mret or sret was executed: the core stands before the first instruction of its new mode.</summary>
    /// <param name="from">The mode before.</param>
    void Returned(Privilege from);
}
