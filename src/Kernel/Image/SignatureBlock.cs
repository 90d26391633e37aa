// The 768 bytes in front of a kernel's image, all fields set but the signature (xous-abi 6.6). Versions and the keys for
// what comes next are those of the loader, whose own block the compiler's linker has written.

using System.Buffers.Binary;

namespace XousCloud.Kernel.Image;

public static class SignatureBlock
{
    public const int Size = 768;

    private const uint JumpOverBlock = 0x3000_006F; // jal x0, 768
    private const int SealedStart = 132;
    private const int MagicOffset = 136;
    private const int SignedLengthOffset = 144;
    private const int FunctionCodeOffset = 148;
    private const uint Kernel = 0x100;

    /// <param name="loader">What is flashed as the loader: its block is at the start.</param>
    /// <param name="imageLength">Bytes behind the block, all of them signed.</param>
    /// <exception cref="InvalidDataException">The loader has no block.</exception>
    public static byte[] OfKernel(ReadOnlySpan<byte> loader, uint imageLength)
    {
        if (loader.Length < Size || !loader[MagicOffset..].StartsWith("ymuy3oaB"u8))
        {
            throw new InvalidDataException("The loader has no signature block in front.");
        }

        byte[] block = new byte[Size];
        loader[SealedStart..Size].CopyTo(block.AsSpan(SealedStart));
        BinaryPrimitives.WriteUInt32LittleEndian(block, JumpOverBlock);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(SignedLengthOffset), Size - SealedStart + imageLength);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(FunctionCodeOffset), Kernel);
        return block;
    }
}
