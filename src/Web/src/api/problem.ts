// What went wrong with a request, in words for the person who made it. The server answers problem+json
// (RFC 9457) with a stable `code` and an `advice`; a request that got no answer becomes a problem of its own.

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  advice: string;
  errors: string[];
  traceId: string;
  /** The document as it came, for members that only some codes have. */
  members: Record<string, unknown>;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super([problem.detail || problem.title, ...problem.errors, problem.advice].filter(Boolean).join(" "));
    this.name = "ApiError";
  }

  /** The request may not have reached the server, or its answer was lost. */
  get unanswered(): boolean {
    return this.problem.status === 0;
  }
}

export function unanswered(): ApiError {
  return new ApiError({
    status: 0,
    code: "unanswered",
    title: "No answer",
    detail: "The server did not answer.",
    advice: "Check that it is running and that the network is up, then try again.",
    errors: [],
    traceId: "",
    members: {},
  });
}

/** Reads the body of an answer that is not a success. */
export async function readProblem(response: Response): Promise<ApiError> {
  let members: Record<string, unknown> = {};
  try {
    const body: unknown = await response.json();
    if (typeof body === "object" && body !== null) members = body as Record<string, unknown>;
  } catch {
    // Not JSON: something between us and the server answered. The status is all there is.
  }
  const text = (name: string): string => (typeof members[name] === "string" ? members[name] : "");
  return new ApiError({
    status: response.status,
    code: text("code") || `http_${response.status}`,
    title: text("title") || `The server answered ${response.status}.`,
    detail: text("detail"),
    advice: text("advice"),
    errors: fieldErrors(members["errors"]),
    traceId: text("traceId"),
    members,
  });
}

/** ASP.NET's form, {field: [message, …]}, or a list of messages or of {field, message}. */
function fieldErrors(errors: unknown): string[] {
  if (typeof errors !== "object" || errors === null) return [];
  return Object.entries(errors).flatMap(([field, value]: [string, unknown]) => {
    const messages = Array.isArray(value) ? value : [value];
    return messages.map((message: unknown) => {
      if (typeof message === "object" && message !== null && "message" in message) return String(message.message);
      return Array.isArray(errors) ? String(message) : `${field}: ${String(message)}`;
    });
  });
}
