// The five kinds of message, numbered as a receiver sees them; a sender adds one (xous-abi 4.1 and 4.2).

namespace XousCloud.Kernel;

public enum MessageKind : byte
{
    MutableBorrow = 0,
    Borrow = 1,
    Move = 2,
    Scalar = 3,
    BlockingScalar = 4,
}
