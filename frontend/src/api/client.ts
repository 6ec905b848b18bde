import type { Problem } from "./types";

/** A call of `/api` that failed, with the reason as the server gave it. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "ApiError";
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The problem inside anything that was thrown, so that every failure can be shown as a finding. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "page_error", message, blame: "filon", status: 0 };
}

async function call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(path, {
      method,
      signal,
      credentials: "same-origin",
      headers: method === "GET" ? undefined : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    // fetch tells only that nothing came back; the usual reason is that `filon serve` has ended.
    throw new ApiError({ code: "not_reached", message: String(error), blame: "network", status: 0 });
  }
  if (reply.ok) return reply;
  throw new ApiError(await problemIn(reply));
}

async function problemIn(reply: Response): Promise<Problem> {
  const text = await reply.text();
  try {
    const error = (JSON.parse(text) as { error?: Problem }).error;
    if (error?.message) return { ...error, status: error.status ?? reply.status };
  } catch {
    // Not JSON: something between the page and Filon answered. Its text is the best evidence there is.
  }
  return {
    code: "unexpected_reply",
    message: `HTTP ${reply.status}`,
    blame: "network",
    status: reply.status,
    provider_body: text.slice(0, 2000) || null,
  };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call("GET", path, undefined, signal)).json() as Promise<T>;
}

/** The lines of a reply of JSON lines, each as soon as it is here. */
export async function* lines<T>(path: string, body: unknown, signal?: AbortSignal): AsyncGenerator<T> {
  const reply = await call("POST", path, body, signal);
  const reader = reply.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const read = await reader?.read();
    rest += decoder.decode(read?.value, { stream: !read?.done });
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) if (line) yield JSON.parse(line) as T;
    if (!read || read.done) return;
  }
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await call("GET", path, undefined, signal)).text();
}

/** What changes something; a 204 gives undefined. */
export async function change<T = void>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const reply = await call(method, path, body ?? (method === "DELETE" ? undefined : {}));
  return (reply.status === 204 ? undefined : await reply.json()) as T;
}
