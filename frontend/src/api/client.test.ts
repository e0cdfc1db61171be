import { afterEach, expect, test, vi } from "vitest";

import { createSend, Refused, readJson, Unreachable } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

function answering(...answers: (Response | Error)[]) {
  const fetch = vi.fn(async (_address: string, _init: RequestInit) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? new Response();
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const call = { method: "GET", path: "/me/todos" } as const;
const lasting = () => new AbortController().signal;

test("a request carries the token", async () => {
  const fetch = answering(new Response("{}"));

  await createSend("https://api.example", async () => "token", lasting)(call);

  const [address, init] = fetch.mock.calls[0] ?? [];
  expect(address).toBe("https://api.example/me/todos");
  expect(new Headers(init?.headers).get("Authorization")).toBe("Bearer token");
});

test("a patch is a merge patch", async () => {
  const fetch = answering(new Response("{}"));

  await createSend(
    "",
    async () => "token",
    lasting,
  )({ method: "PATCH", path: "/", body: { title: "A" } });

  const headers = new Headers(fetch.mock.calls[0]?.[1].headers);
  expect(headers.get("Content-Type")).toBe("application/merge-patch+json");
});

test("after 401 it is sent once more with a new token", async () => {
  const fetch = answering(new Response(null, { status: 401 }), new Response("{}"));
  const accessToken = vi.fn(async (stale?: string) => (stale ? "new" : "old"));

  await createSend("", accessToken, lasting)(call);

  expect(accessToken.mock.calls).toEqual([[], ["old"]]);
  expect(new Headers(fetch.mock.calls[1]?.[1].headers).get("Authorization")).toBe("Bearer new");
});

test("a problem is a refusal that tells its type", async () => {
  const problem = { type: "urn:todo-on-ecs:problem:version-mismatch", title: "T", detail: "D" };
  const headers = { "Content-Type": "application/problem+json", "Retry-After": "7" };
  answering(new Response(JSON.stringify(problem), { status: 412, headers }));

  const refused = await createSend("", async () => "token", lasting)(call).catch((error) => error);

  expect(refused).toBeInstanceOf(Refused);
  expect(refused).toMatchObject({ status: 412, type: "version-mismatch", retryAfter: 7 });
});

test("API Gateway's own refusals are refusals too", async () => {
  answering(Response.json({ message: "Too Many Requests" }, { status: 429 }));

  await expect(createSend("", async () => "token", lasting)(call)).rejects.toMatchObject({
    status: 429,
    type: "",
    retryAfter: undefined,
  });
});

test("an answer that breaks off is no answer", async () => {
  const body = new ReadableStream({
    pull: (stream) => stream.error(new TypeError("network error")),
  });
  answering(new Response(body));

  await expect(createSend("", async () => "token", lasting)(call)).rejects.toThrow(Unreachable);
});

test("an answer without content stays one", async () => {
  answering(new Response(null, { status: 204 }));

  expect((await createSend("", async () => "token", lasting)(call)).status).toBe(204);
});

test("no answer is no network", async () => {
  answering(new TypeError("Failed to fetch"));

  await expect(createSend("", async () => "token", lasting)(call)).rejects.toThrow(Unreachable);
});

test("who has signed out asks for nothing more, whoever signs in next", async () => {
  const over = new AbortController();
  const fetch = answering(new Response(null, { status: 401 }), new Response("{}"));
  const accessToken = async (stale?: string) => {
    if (stale) over.abort(new Error("signed out"));
    return stale ? "the next person's" : "mine";
  };

  await expect(createSend("", accessToken, () => over.signal)(call)).rejects.toThrow("signed out");

  expect(fetch).toHaveBeenCalledOnce();
});

test("a request under way ends with the session", async () => {
  const over = new AbortController();
  vi.stubGlobal("fetch", async (_: string, { signal }: RequestInit) => {
    over.abort(new Error("signed out"));
    signal?.throwIfAborted();
  });

  const sending = createSend(
    "",
    async () => "token",
    () => over.signal,
  )(call);

  await expect(sending).rejects.toThrow("signed out");
});

test.each(["<html>Welcome to this hotel", '{"items": [', "", "null", "{}", "[]"])(
  "%j is no answer of the API",
  async (text) => {
    await expect(readJson<{ items: [] }>(new Response(text), "items")).rejects.toThrow(Unreachable);
  },
);
