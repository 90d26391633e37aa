namespace XousCloud.Cli;

/// <summary>Where a command writes: results and console bytes to one, everything for people to the other.</summary>
internal sealed record Streams(Stream Output, TextWriter Error)
{
    /// <summary>Writes text results.</summary>
    public void WriteOutput(string text)
    {
        Output.Write(System.Text.Encoding.UTF8.GetBytes(text));
        Output.Flush();
    }
}
