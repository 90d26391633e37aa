// a0 of an answer (xous-abi 3.2): what the words in a1 to a7 mean. Tags that no call produces are left out.

namespace XousCloud.Kernel;

public enum ResultTag : uint
{
    Ok = 0,
    Error = 1,
    MemoryRange = 3,
    ServerId = 6,
    ConnectionId = 7,
    NewServerId = 8,
    MessageEnvelope = 9,
    ThreadId = 10,
    ProcessId = 11,
    Scalar1 = 14,
    Scalar2 = 15,
    None = 17,
    MemoryReturned = 18,
    NewProcess = 19,
    Scalar5 = 20,
}
