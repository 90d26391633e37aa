namespace XousCloud.Guest;

/// <summary>
/// A place in naked code, before or after its uses. Uses before the place form a chain: the offset of each leads to the
/// one before it, and is 0 in the first, until <see cref="Assembler.Mark"/> fills in the real ones.
/// </summary>
public struct Label
{
    /// <summary>The index of the word it stands before, plus 1; 0 while it is not marked.</summary>
    internal int Position;

    /// <summary>The index of the last use before it was marked, plus 1; 0 for none.</summary>
    internal int LastUse;
}
