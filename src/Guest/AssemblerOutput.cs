// Where the assembler's words go. While the compiler runs a naked method it keeps them itself, so on the target there is
// none of this; the bodies serve the host, where a test looks at what the assembler made.

using System.Runtime.CompilerServices;

namespace XousCloud.Guest;

/// <summary>Which part of an instruction the linker fills with an address. The numbers are the compiler's.</summary>
public enum AddressField : uint
{
    /// <summary>The 21-bit offset of a <c>jal</c>.</summary>
    Jal = 0,

    /// <summary>The upper 20 bits of a <c>lui</c>, rounded for a signed low part.</summary>
    High = 1,

    /// <summary>The low 12 bits of an I-type immediate.</summary>
    Low = 2,

    /// <summary>The whole word.</summary>
    Word = 3,
}

internal static unsafe class AssemblerOutput
{
    private static readonly List<uint> hostWords = [];

    /// <summary>The number of words so far.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Count() => hostWords.Count;

    /// <summary>Appends a word.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Emit(uint word) => hostWords.Add(word);

    /// <summary>Appends a word of which one part becomes the address of a symbol.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EmitAddress(uint word, AddressField field, void* symbol) => hostWords.Add(word);

    /// <summary>A word that was appended before.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint WordAt(int index) => hostWords[index];

    /// <summary>Changes a word that was appended before.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Replace(int index, uint word) => hostWords[index] = word;

    /// <summary>Takes what the host has so far and starts anew.</summary>
    internal static uint[] TakeHostWords()
    {
        uint[] words = [.. hostWords];
        hostWords.Clear();
        return words;
    }
}
