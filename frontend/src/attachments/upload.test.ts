import { beforeEach, expect, test, vi } from "vitest";

import { scripted } from "../testing/surroundings.ts";
import { upload } from "./upload.ts";

vi.mock("./hash.ts", () => ({ sha256: async () => "00" })); // its worker: see tests/browser

const FILE = { id: "f", todoId: "t", name: "a.txt" };
const ANNOUNCED = { file: FILE, upload: { method: "PUT", url: "https://s3/", headers: {} } };

/** S3 as XMLHttpRequest sees it: it takes everything. */
class TakenByS3 {
  readonly status = 200;
  readonly upload = {};
  onload = () => {};
  open() {}
  setRequestHeader() {}
  abort() {}
  send() {
    this.onload();
  }
}

beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", TakenByS3);
  return () => vi.unstubAllGlobals();
});

test("a file that is cancelled while it is being completed goes again", async () => {
  const cancelling = new AbortController();
  const { send, sent } = scripted(ANNOUNCED, FILE);
  const uploading = upload(send, {
    todoId: "t",
    file: new File(["x"], "a.txt"),
    signal: cancelling.signal,
    onStage: ({ kind }) => kind === "finishing" && cancelling.abort(new Error("cancelled")),
  });

  await expect(uploading).rejects.toThrow("cancelled");
  expect(sent).toEqual([
    "POST /me/todos/t/files",
    "POST /me/todos/t/files/f/complete",
    "DELETE /me/todos/t/files/f",
  ]);
});

test("a file that arrives stays", async () => {
  const { send, sent } = scripted(ANNOUNCED, FILE);
  const { signal } = new AbortController();

  const attached = await upload(send, {
    todoId: "t",
    file: new File(["x"], "a.txt"),
    signal,
    onStage: () => {},
  });

  expect(attached).toEqual(FILE);
  expect(sent.at(-1)).toBe("POST /me/todos/t/files/f/complete");
});
