namespace XousCloud.Compiler;

/// <summary>A place in a source file, from a sequence point of the portable PDB. Lines and columns count from 1.</summary>
public sealed record SourcePosition(string Document, int Line, int Column = 0)
{
    public override string ToString() => $"{Document}({Line})";
}
