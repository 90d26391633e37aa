namespace XousCloud.Emulator.Firmware;

/// <summary>Firmware files that cannot be used: a mistake of whoever brought them, never a fault of ours.</summary>
/// <param name="code">Stable code for programs, such as <c>uf2_truncated</c>.</param>
/// <param name="message">What is wrong and where: file, block or offset.</param>
/// <param name="advice">What to do about it.</param>
public sealed class FirmwareFormatException(string code, string message, string advice) : Exception(message)
{
    public string Code { get; } = code;

    public string Advice { get; } = advice;
}
