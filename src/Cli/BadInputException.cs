namespace XousCloud.Cli;

/// <summary>A mistake in the arguments: what is wrong, and what to do about it.</summary>
/// <param name="code">Stable code for programs, such as <c>file_not_found</c>.</param>
/// <param name="message">What is wrong.</param>
/// <param name="advice">What to do.</param>
internal sealed class BadInputException(string code, string message, string advice) : Exception(message)
{
    public string Code { get; } = code;

    public string Advice { get; } = advice;
}
