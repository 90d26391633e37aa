// Debug information of an image, DWARF version 4: one compile unit with one subprogram for each function, line rows from
// the instructions' positions, frames from the functions' frame rules. Variables and types are not described. Facts:
// DWARF Debugging Information Format 4; RISC-V DWARF psABI (register numbers).

namespace XousCloud.Compiler.Link;

internal static class Dwarf
{
    private const int Version = 4;
    private const int AddressSize = 4;
    private const int LanguageC99 = 0x0C; // C# has no number; in C, debuggers take a name with dots as it is

    private const int TagCompileUnit = 0x11;
    private const int TagSubprogram = 0x2E;

    private const int AttributeName = 0x03;
    private const int AttributeLines = 0x10;
    private const int AttributeLowPc = 0x11;
    private const int AttributeHighPc = 0x12;
    private const int AttributeLanguage = 0x13;
    private const int AttributeProducer = 0x25;
    private const int AttributeDeclarationFile = 0x3A;
    private const int AttributeDeclarationLine = 0x3B;
    private const int AttributeExternal = 0x3F;
    private const int AttributeFrameBase = 0x40;

    private const int FormAddress = 0x01;
    private const int FormData4 = 0x06;
    private const int FormString = 0x08;
    private const int FormData1 = 0x0B;
    private const int FormUnsigned = 0x0F;
    private const int FormSectionOffset = 0x17;
    private const int FormExpression = 0x18;
    private const int FormPresent = 0x19;

    private const int OperationCallFrameCfa = 0x9C;

    // Numbers of the abbreviations.
    private const uint CompileUnit = 1;
    private const uint Function = 2;
    private const uint DeclaredFunction = 3;

    /// <summary>The .debug sections.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Write(LinkedImage image)
    {
        ImageSection text = image.Sections.First(section => section.Name == ".text");
        var lines = new DwarfLines(image.Functions);
        return
        [
            (".debug_abbrev", Abbreviations()),
            (".debug_info", Information(image, text, lines)),
            (".debug_line", lines.Section),
            (".debug_frame", DwarfFrames.Write(image.Functions)),
            (".debug_aranges", Ranges(text)),
        ];
    }

    private static byte[] Abbreviations()
    {
        var section = new ByteWriter();
        Abbreviation(
            section, CompileUnit, TagCompileUnit, true,
            (AttributeProducer, FormString), (AttributeLanguage, FormData1), (AttributeName, FormString),
            (AttributeLowPc, FormAddress), (AttributeHighPc, FormData4), (AttributeLines, FormSectionOffset));
        ReadOnlySpan<(int, int)> function =
        [
            (AttributeName, FormString), (AttributeExternal, FormPresent), (AttributeLowPc, FormAddress),
            (AttributeHighPc, FormData4), (AttributeFrameBase, FormExpression),
        ];
        Abbreviation(section, Function, TagSubprogram, false, function);
        Abbreviation(
            section, DeclaredFunction, TagSubprogram, false,
            [.. function, (AttributeDeclarationFile, FormUnsigned), (AttributeDeclarationLine, FormUnsigned)]);
        section.Byte(0);
        return section.ToArray();
    }

    private static void Abbreviation(
        ByteWriter section, uint number, int tag, bool hasChildren, params ReadOnlySpan<(int Attribute, int Form)> attributes)
    {
        section.Uleb(number);
        section.Byte(tag);
        section.Byte(hasChildren ? 1 : 0);
        foreach ((int attribute, int form) in attributes)
        {
            section.Byte(attribute);
            section.Byte(form);
        }

        section.Half(0);
    }

    private static byte[] Information(LinkedImage image, ImageSection text, DwarfLines lines)
    {
        var section = new ByteWriter();
        section.Word(0);
        section.Half(Version);
        section.Word(0);
        section.Byte(AddressSize);

        section.Uleb(CompileUnit);
        section.Text("XousCloud.Compiler");
        section.Byte(LanguageC99);
        section.Text(image.Name);
        section.Word(text.Address);
        section.Word(text.Size);
        section.Word(0);
        foreach (PlacedFunction function in image.Functions)
        {
            SourcePosition? position = function.Function.Position;
            section.Uleb(position is null ? Function : DeclaredFunction);
            section.Text(function.Function.Symbol.Name);
            section.Word(function.Address);
            section.Word(function.Size);
            section.Uleb(1);
            section.Byte(OperationCallFrameCfa);
            if (position is not null)
            {
                section.Uleb(lines.FileNumber(position.Document));
                section.Uleb((uint)Math.Max(0, position.Line));
            }
        }

        section.Byte(0);
        section.Set(0, (uint)section.Length - sizeof(uint));
        return section.ToArray();
    }

    private static byte[] Ranges(ImageSection text)
    {
        var section = new ByteWriter();
        section.Word(0);
        section.Half(2);
        section.Word(0);
        section.Byte(AddressSize);
        section.Byte(0);
        section.Align(2 * AddressSize);
        section.Word(text.Address);
        section.Word(text.Size);
        section.Word(0);
        section.Word(0);
        section.Set(0, (uint)section.Length - sizeof(uint));
        return section.ToArray();
    }
}
