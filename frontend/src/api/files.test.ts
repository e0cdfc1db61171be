import { afterEach, expect, test, vi } from "vitest";

import { SignedOut } from "../auth/session.ts";
import { scripted } from "../testing/surroundings.ts";
import { Refused, Unreachable } from "./client.ts";
import { type Attachment, fetchFile } from "./files.ts";

const file = { id: "f", todoId: "t", name: "offer.txt" } as Attachment;
const address = { url: "https://bucket.example/u/f" };
const always = new AbortController().signal;

afterEach(() => vi.unstubAllGlobals());

const s3 = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", vi.fn(answer));

test("a file is what S3 gives", async () => {
  s3(async () => new Response("Hello"));

  const content = await fetchFile(scripted(address).send, file, always);

  expect(await content.text()).toBe("Hello");
});

test("what S3 refuses is no file", async () => {
  s3(async () => new Response("<Error/>", { status: 403 }));

  await expect(fetchFile(scripted(address).send, file, always)).rejects.toThrow(Refused);
});

test("an answer that breaks off is no file", async () => {
  s3(() => Promise.reject(new TypeError("network")));

  await expect(fetchFile(scripted(address).send, file, always)).rejects.toThrow(Unreachable);
});

test("a download ends with the session", async () => {
  const over = new AbortController();
  s3(async () => {
    over.abort(new SignedOut("over"));
    throw new DOMException("aborted", "AbortError");
  });

  await expect(fetchFile(scripted(address).send, file, over.signal)).rejects.toThrow(SignedOut);
});
