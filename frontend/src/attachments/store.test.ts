import { beforeEach, expect, test, vi } from "vitest";

import { Unreachable } from "../api/client.ts";
import type { Attachment } from "../api/files.ts";
import { scripted, until } from "../testing/surroundings.ts";
import { createAttachments } from "./store.ts";
import { upload } from "./upload.ts";

vi.mock("./upload.ts", () => ({ upload: vi.fn() })); // XMLHttpRequest and workers: see tests/browser

const USAGE = { bytes: 0, files: 0, limitBytes: 100 };
const attached = (name: string) => ({ id: name, name }) as Attachment;
const file = (name: string, size = 5) => new File(["x".repeat(size)], name);

beforeEach(() => {
  vi.mocked(upload).mockReset();
});

test("files go one after another", async () => {
  const order: string[] = [];
  vi.mocked(upload).mockImplementation(async (_, { file: sent }) => {
    order.push(`start ${sent.name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`end ${sent.name}`);
    return attached(sent.name);
  });
  const onAttached = vi.fn();
  const store = createAttachments(scripted(USAGE, USAGE).send, "t", onAttached);

  store.add([file("a"), file("b")]);
  await until(() => store.files.value?.length === 2);

  expect(order).toEqual(["start a", "end a", "start b", "end b"]);
  expect(onAttached.mock.calls).toEqual([["a"], ["b"]]);
  expect(store.sendings.value).toEqual([]);
});

test("what must not be sent is not sent", async () => {
  const store = createAttachments(scripted().send, "t", () => {});

  store.add([file("empty", 0), file("page.html")]);

  expect(store.sendings.value.map((one) => one.progress)).toEqual([
    { kind: "refused", fault: "emptyFile" },
    { kind: "refused", fault: "badType" },
  ]);
  expect(upload).not.toHaveBeenCalled();
});

test("the room that files on their way will take counts", async () => {
  vi.mocked(upload).mockReturnValue(new Promise(() => {}));
  const store = createAttachments(scripted({ items: [] }, USAGE).send, "t", () => {});
  await store.read();

  store.add([file("a", 60), file("b", 60)]);

  expect(store.sendings.value[1]?.progress).toEqual({ kind: "refused", fault: "noRoom" });
});

test("what broke off can be tried again", async () => {
  vi.mocked(upload).mockRejectedValueOnce(new Unreachable()).mockResolvedValueOnce(attached("a"));
  const store = createAttachments(scripted(USAGE, USAGE).send, "t", () => {});
  store.add([file("a")]);
  await until(() => store.sendings.value[0]?.progress.kind === "failed");

  store.retry(store.sendings.value[0]?.id ?? "");

  await until(() => store.files.value?.length === 1);
});

test("what is cancelled says so, and does not start if it waits", async () => {
  vi.mocked(upload).mockImplementation(
    (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const store = createAttachments(scripted(USAGE, USAGE).send, "t", () => {});
  store.add([file("a"), file("b")]);
  await until(() => vi.mocked(upload).mock.calls.length === 1);

  for (const { id } of store.sendings.value.toReversed()) store.cancel(id);
  await new Promise((resolve) => setTimeout(resolve, 20));

  expect(store.sendings.value.map((one) => one.progress.kind)).toEqual(["cancelled", "cancelled"]);
  expect(upload).toHaveBeenCalledOnce();
});

test("nothing more is sent once the person has signed out", async () => {
  vi.mocked(upload).mockImplementation(
    (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const store = createAttachments(scripted(USAGE, USAGE).send, "t", () => {});
  store.add([file("a"), file("b")]);
  await until(() => vi.mocked(upload).mock.calls.length === 1);

  store.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));

  expect(vi.mocked(upload).mock.calls[0]?.[1].signal.aborted).toBe(true);
  expect(upload).toHaveBeenCalledOnce();
});

test("a file that was cancelled while it waited, and tried again, is sent once", async () => {
  let free = () => {};
  vi.mocked(upload)
    .mockImplementationOnce(() => new Promise((resolve) => (free = () => resolve(attached("a")))))
    .mockImplementation(async (_, { file: sent }) => attached(sent.name));
  const store = createAttachments(scripted().send, "t", () => {});
  store.add([file("a"), file("b")]);
  const waiting = store.sendings.value[1]?.id ?? "";

  store.cancel(waiting);
  store.retry(waiting);
  await until(() => vi.mocked(upload).mock.calls.length === 1);
  free();
  await until(() => store.sendings.value.length === 0);
  await new Promise((resolve) => setTimeout(resolve, 20));

  expect(store.files.value?.map((one) => one.name)).toEqual(["a", "b"]);
});
