import type { components } from "./contract.d.ts";

export type Problem = components["schemas"]["Problem"];

/** The API understood the request and refuses it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
    /** Seconds to wait before the same request may be sent again. */
    readonly retryAfter: number | undefined,
  ) {
    super(problem?.detail || problem?.title || `The API answers ${status}`);
  }

  /** The last word of the problem's type, such as `version-mismatch`. */
  get type(): string {
    return this.problem?.type.split(":").at(-1) ?? "";
  }
}

/** No answer came: no network, or the API is out of reach. */
export class Unreachable extends Error {}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Send = (call: Call) => Promise<Response>;

/** Gives an access token, a new one when `stale` is the one that was refused. */
export type AccessToken = (stale?: string) => Promise<string>;

const PATIENCE_MS = 35_000; // API Gateway gives up after 30 s

/** `ending` is aborted when the person signs out, whose requests then end too. */
export function createSend(
  apiUrl: string,
  accessToken: AccessToken,
  ending: () => AbortSignal,
): Send {
  return async (call) => {
    // One session from first to last: whoever signs in next must not repeat this request.
    const ended = ending();
    const token = await accessToken();
    let answer = await attempt(apiUrl, call, token, ended);
    if (answer.status === 401) {
      answer = await attempt(apiUrl, call, await accessToken(token), ended);
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
}

/** The content of an answer that has the key `proof`, which tells that it is the API's. */
export async function readJson<T extends object>(
  answer: Response,
  proof: keyof T & string,
): Promise<T> {
  const content: unknown = await answer.json().catch((error: unknown) => {
    throw new Unreachable("The answer broke off, or is no JSON", { cause: error });
  });
  if (!Object.hasOwn(Object(content), proof)) throw new Unreachable(`The answer has no ${proof}`);
  return content as T;
}

async function attempt(
  apiUrl: string,
  call: Call,
  token: string,
  ended: AbortSignal,
): Promise<Response> {
  ended.throwIfAborted();
  const headers = new Headers({ ...call.headers, Authorization: `Bearer ${token}` });
  const init: RequestInit = {
    method: call.method,
    headers,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.any([ended, AbortSignal.timeout(PATIENCE_MS)]),
  };
  if (call.body !== undefined) {
    headers.set("Content-Type", contentType(call.method));
    init.body = JSON.stringify(call.body);
  }
  try {
    const answer = await fetch(apiUrl + call.path, init);
    // To its end: an answer that breaks off says nothing, and is no refusal.
    const body = await answer.blob();
    return new Response(body.size > 0 ? body : null, answer);
  } catch (error) {
    ended.throwIfAborted();
    throw new Unreachable("The API does not answer", { cause: error });
  }
}

function contentType(method: Call["method"]): string {
  return method === "PATCH" ? "application/merge-patch+json" : "application/json";
}

async function refusal(answer: Response): Promise<Refused> {
  const isProblem = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  const problem = isProblem ? ((await answer.json().catch(() => undefined)) as Problem) : undefined;
  const seconds = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  return new Refused(answer.status, problem, Number.isFinite(seconds) ? seconds : undefined);
}
