// a1 of an answer with the tag Error (xous-abi 3.3). Every one of these is the caller's to deal with: an error of the
// kernel's own is a panic, and never an answer.

namespace XousCloud.Kernel;

public enum XousError : uint
{
    None = 0,
    BadAlignment = 1,
    BadAddress = 2,
    OutOfMemory = 3,
    MemoryInUse = 4,
    InterruptNotFound = 5,
    InterruptInUse = 6,
    ServerExists = 8,
    ServerNotFound = 9,
    ProcessNotFound = 10,
    ProcessNotChild = 11,
    ServerQueueFull = 15,
    ThreadNotAvailable = 16,
    UnhandledSyscall = 17,
    InvalidSyscall = 18,
    ShareViolation = 19,
    AccessDenied = 23,
    DoubleFree = 25,
    InvalidLimit = 27,
}
