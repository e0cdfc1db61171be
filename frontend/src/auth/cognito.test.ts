import { afterEach, expect, test, vi } from "vitest";

import { readConfig } from "../config.ts";
import { createCognito } from "./cognito.ts";

const config = readConfig({
  ApiUrl: "https://api.example",
  Region: "eu-central-1",
  UserPoolId: "eu-central-1_Example",
  UserPoolClientId: "client",
});

afterEach(() => vi.unstubAllGlobals());

test("a session ends although its page is closed at once", async () => {
  const fetch = vi.fn(async (_: string, __: RequestInit) => Response.json({}));
  vi.stubGlobal("fetch", fetch);

  await createCognito(config).revoke("token");

  expect(fetch.mock.calls[0]?.[1]).toMatchObject({ keepalive: true });
});
