// Turns every failed request into application/problem+json (RFC 9457) with a stable code: users' mistakes,
// refusals of the framework (unknown route, wrong method, broken JSON), and our own bugs, which are logged
// and told apart as `internal`.

using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using XousCloud.Emulator;
using XousCloud.Emulator.Firmware;

namespace XousCloud.Api.Problems;

/// <summary>Writes problems.</summary>
internal sealed class ProblemResponses(ILogger<ProblemResponses> log) : IExceptionHandler
{
    private const string ContentType = "application/problem+json";

    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        await WriteAsync(context, Translate(exception));
        return true;
    }

    /// <summary>Answers a request with a problem.</summary>
    public static async Task WriteAsync(HttpContext context, ProblemException problem)
    {
        ProblemDetails details = new()
        {
            Type = $"urn:xouscloud:problem:{problem.Code}",
            Title = Title(problem.Status),
            Status = problem.Status,
            Detail = problem.Message,
        };
        details.Extensions["code"] = problem.Code;
        if (problem.Advice is not null)
        {
            details.Extensions["advice"] = problem.Advice;
        }

        if (problem.Errors is not null)
        {
            details.Extensions["errors"] = problem.Errors;
        }

        foreach ((string name, object? fact) in problem.Facts ?? new Dictionary<string, object?>())
        {
            details.Extensions[name] = fact;
        }

        details.Extensions["traceId"] = context.TraceIdentifier;
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        await context.Response.WriteAsJsonAsync(
            details, options: null, contentType: ContentType, context.RequestAborted);
    }

    /// <summary>Gives a body to answers of the framework that have none.</summary>
    public static Task WriteForStatusAsync(HttpContext context, int status) =>
        WriteAsync(context, ForStatus(status, context.Request));

    private static ProblemException ForStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status401Unauthorized => new(
            status,
            "unauthorized",
            "The request carries no API key that this server knows.",
            "Send 'Authorization: Bearer xc_...'; the server's operator makes keys with 'keys add NAME'."),
        StatusCodes.Status404NotFound => new(
            status, "not_found", $"There is nothing at {request.Path}.", "The routes are listed at /v1/docs."),
        StatusCodes.Status405MethodNotAllowed => new(
            status, "method_not_allowed", $"{request.Path} does not take {request.Method}.",
            "The routes are listed at /v1/docs."),
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge(),
        StatusCodes.Status415UnsupportedMediaType => new(
            status, "unsupported_media_type", $"{request.Path} does not take a body of this content type.",
            "The content types are listed at /v1/docs."),
        _ => new(status, "http_" + status, Title(status)),
    };

    private static ProblemException BodyTooLarge() => new(
        StatusCodes.Status413PayloadTooLarge,
        "body_too_large",
        "The body is larger than this route takes.",
        "The limits are in the server's configuration under Limits.");

    private static string Title(int status) =>
        Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase
            ? phrase
            : "Refused";

    private ProblemException Translate(Exception exception)
    {
        switch (exception)
        {
            case ProblemException problem:
                return problem;
            case SnapshotFormatException snapshot:
                return new(StatusCodes.Status400BadRequest, snapshot.Code, snapshot.Message);
            case FirmwareFormatException firmware:
                return new(
                    StatusCodes.Status400BadRequest, firmware.Code, firmware.Message, firmware.Advice);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return BodyTooLarge();
            case BadHttpRequestException bad:
                return new(
                    bad.StatusCode,
                    bad.StatusCode == StatusCodes.Status415UnsupportedMediaType
                        ? "unsupported_media_type" : "validation",
                    bad.InnerException is System.Text.Json.JsonException json ? json.Message : bad.Message,
                    "The routes and their bodies are described at /v1/docs.");
            case OperationCanceledException:
                return new(
                    StatusCodes.Status503ServiceUnavailable, "stopping", "The server is stopping.",
                    "Try again; devices keep their state.")
                {
                    RetryAfter = 5,
                };
            default:
                log.LogError(exception, "A request failed for a reason that is not the user's");
                return new(
                    StatusCodes.Status500InternalServerError, "internal", "The server failed; this is our bug.",
                    "Report it with the traceId.");
        }
    }
}
