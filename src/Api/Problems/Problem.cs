// A user's mistake, or a limit that was reached, on its way to the answer. The codes are part of the API: a
// program may depend on them, so a code is never renamed or reused.

namespace XousCloud.Api.Problems;

/// <summary>Ends a request with an RFC 9457 problem.</summary>
/// <param name="status">HTTP status, 400 to 599.</param>
/// <param name="code">Stable code for programs.</param>
/// <param name="detail">What is wrong with this request.</param>
/// <param name="advice">What the user can do about it.</param>
internal sealed class ProblemException(int status, string code, string detail, string? advice = null)
    : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Advice { get; } = advice;

    /// <summary>Seconds until a retry makes sense, for 429 and 503.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Messages by the name of the field that they are about.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Facts for programs beyond the code, added to the problem as they are.</summary>
    public IReadOnlyDictionary<string, object?>? Facts { get; init; }
}

/// <summary>The problems that more than one feature answers with.</summary>
internal static class Problem
{
    public static ProblemException NotFound(string kind, string id) => new(
        StatusCodes.Status404NotFound,
        "not_found",
        $"There is no {kind} '{id}'.",
        $"List what there is with GET /v1/{kind}s.");

    public static ProblemException Validation(string field, string message, string? advice = null) => new(
        StatusCodes.Status400BadRequest, "validation", $"{field}: {message}", advice)
    {
        Errors = new Dictionary<string, string[]> { [field] = [message] },
    };

    public static ProblemException WrongState(string detail, string advice) => new(
        StatusCodes.Status409Conflict, "wrong_state", detail, advice);

    public static ProblemException Capacity(string detail, string advice, int retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "capacity", detail, advice)
    {
        RetryAfter = retryAfter,
    };

    public static ProblemException StorageUnavailable() => new(
        StatusCodes.Status503ServiceUnavailable,
        "storage_unavailable",
        "The database does not answer, so nothing can be promised to last.",
        "Try again; the server goes on by itself when the database is back.")
    {
        RetryAfter = 5,
    };
}
