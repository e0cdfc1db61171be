import { beforeEach, describe, expect, test, vi } from "vitest";

import { Unreachable } from "../api/client.ts";
import { type Database, openDatabase } from "../offline/database.ts";
import { newBrowser, newChannels, until } from "../testing/surroundings.ts";
import { type Cognito, CognitoRefused, type Tokens, withToken } from "./cognito.ts";
import { createSession, SignedOut } from "./session.ts";
import { createVault } from "./vault.ts";

beforeEach(newBrowser);

const MINUTES = 60;
let issued = 0;

function token(sub = "ada", lifetime = 15 * MINUTES): string {
  issued += 1;
  const claims = { sub, iat: 1000, exp: 1000 + lifetime, jti: issued };
  return `header.${btoa(JSON.stringify(claims))}.signature`;
}

const tokens = (refreshToken: string): Tokens => ({ accessToken: token(), refreshToken });

function cognito(parts: Partial<Cognito> = {}): Cognito {
  const nothing = () => Promise.resolve();
  return {
    renew: async () => tokens("next"),
    revoke: nothing,
    signOutEverywhere: nothing,
    changePassword: nothing,
    ...parts,
  };
}

const refuse = () => Promise.reject(new CognitoRefused("NotAuthorizedException", "revoked"));

function sessionOf(database: Database, parts: Partial<Cognito> = {}, channel = newChannels()()) {
  const forget = vi.fn(() => database.clear("session", "todos", "outbox"));
  const vault = createVault(database);
  const session = createSession({ cognito: cognito(parts), vault, channel, forget });
  return { session, vault, forget };
}

test("a session is there after a reload, and renews itself", async () => {
  const database = await openDatabase();
  await sessionOf(database).session.begin("ada@example.com", tokens("first"));
  const renew = vi.fn(async () => tokens("second"));
  const { session, vault } = sessionOf(database, { renew });

  await session.restore();
  await session.accessToken();

  expect(session.state.value).toMatchObject({ kind: "signed-in", user: { id: "ada" } });
  expect(renew).toHaveBeenCalledExactlyOnceWith("first");
  expect((await vault.read())?.refreshToken).toBe("second");
});

test("a fresh token is used again, a refused one is not", async () => {
  const renew = vi.fn(async () => tokens("next"));
  const { session } = sessionOf(await openDatabase(), { renew });
  await session.begin("ada@example.com", tokens("first"));

  const first = await session.accessToken();
  expect(await session.accessToken()).toBe(first);
  expect(renew).not.toHaveBeenCalled();

  expect(await session.accessToken(first)).not.toBe(first);
});

test("requests at the same time renew once", async () => {
  const database = await openDatabase();
  const renew = vi.fn(async () => tokens("next"));
  await sessionOf(database).session.begin("ada@example.com", tokens("first"));
  const { session } = sessionOf(database, { renew });
  await session.restore();

  await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);

  expect(renew).toHaveBeenCalledOnce();
});

test("two tabs take turns, so that neither uses up the other's refresh token", async () => {
  const database = await openDatabase();
  await sessionOf(database).session.begin("ada@example.com", tokens("0"));
  const used: string[] = [];
  const renew = async (refreshToken: string) => {
    used.push(refreshToken);
    return tokens(String(Number(refreshToken) + 1));
  };
  const tabs = [sessionOf(database, { renew }).session, sessionOf(database, { renew }).session];
  await Promise.all(tabs.map((tab) => tab.restore()));

  await Promise.all(tabs.map((tab) => tab.accessToken()));

  expect(used).toEqual(["0", "1"]);
});

test("when the session has ended, requests wait for the password", async () => {
  const database = await openDatabase();
  await sessionOf(database).session.begin("ada@example.com", tokens("first"));
  const { session, forget } = sessionOf(database, { renew: refuse });
  await session.restore();

  const waiting = session.accessToken();
  await until(() => session.state.value.kind === "expired");
  await session.begin("ada@example.com", tokens("new"));

  expect(await waiting).toContain("header.");
  expect(session.state.value.kind).toBe("signed-in");
  expect(forget).not.toHaveBeenCalled();
});

test("without a network the session goes on", async () => {
  const database = await openDatabase();
  await sessionOf(database).session.begin("ada@example.com", tokens("first"));
  const { session } = sessionOf(database, { renew: () => Promise.reject(new Unreachable()) });
  await session.restore();

  await expect(session.accessToken()).rejects.toThrow(Unreachable);
  expect(session.state.value.kind).toBe("signed-in");
});

test("signing out forgets everything and ends waiting requests", async () => {
  const revoke = vi.fn(async () => {});
  const { session, vault, forget } = sessionOf(await openDatabase(), { renew: refuse, revoke });
  await session.begin("ada@example.com", tokens("first"));
  const waiting = session.accessToken(await session.accessToken());
  waiting.catch(() => {});
  await until(() => session.state.value.kind === "expired");

  await session.end(false);

  await expect(waiting).rejects.toThrow(SignedOut);
  expect(await vault.read()).toBeUndefined();
  expect(forget).toHaveBeenCalled();
  expect(revoke).toHaveBeenCalledWith("first");
});

test("signing out of one tab signs out of the other", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const one = sessionOf(database, {}, channels()).session;
  await one.begin("ada@example.com", tokens("first"));
  const other = sessionOf(database, {}, channels()).session;
  await other.restore();

  await one.end(false);

  await until(() => other.state.value.kind === "signed-out");
});

test("the password given in one tab is enough for the other", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const one = sessionOf(database, {}, channels()).session;
  await one.begin("ada@example.com", tokens("first"));
  const renew = async (refreshToken: string) =>
    refreshToken === "first" ? refuse() : tokens("next");
  const other = sessionOf(database, { renew }, channels()).session;
  await other.restore();
  const waiting = other.accessToken();
  await until(() => other.state.value.kind === "expired");

  await one.begin("ada@example.com", tokens("second"));

  expect(await waiting).toContain("header.");
  expect(other.state.value.kind).toBe("signed-in");
});

test("another person at the same browser finds nothing", async () => {
  const { session, forget } = sessionOf(await openDatabase());
  await session.begin("ada@example.com", tokens("first"));
  forget.mockClear();

  await session.begin("bob@example.com", { accessToken: token("bob"), refreshToken: "bob's" });

  expect(forget).toHaveBeenCalledOnce();
  expect(session.state.value).toMatchObject({ user: { id: "bob" } });
});

test("the refresh token is not stored readably, and its key is not handed out", async () => {
  const database = await openDatabase();
  await sessionOf(database).session.begin("ada@example.com", tokens("secret-token"));

  const [stored] = await database.all<{ key: CryptoKey; sealed: ArrayBuffer }>("session");

  expect(new TextDecoder().decode(stored?.sealed)).not.toContain("secret");
  expect(stored?.key.extractable).toBe(false);
});

test.each(["bob", "ada"])("a sign-out, and a sign-in of %s, outlive a renewal", async (next) => {
  const database = await openDatabase();
  let answer = (_: Tokens) => {};
  const renewal = new Promise<Tokens>((resolve) => {
    answer = resolve;
  });
  const revoke = vi.fn(async () => {});
  const { session, vault } = sessionOf(database, { renew: () => renewal, revoke });
  await session.begin("ada@example.com", tokens("first"));
  const waiting = session.accessToken(await session.accessToken());
  waiting.catch(() => {});

  await session.end(false);
  await session.begin("", { accessToken: token(next), refreshToken: "the next" });
  answer(tokens("second"));

  await expect(waiting).rejects.toThrow(SignedOut);
  expect(await vault.read()).toMatchObject({ userId: next, refreshToken: "the next" });
  expect(session.state.value).toMatchObject({ kind: "signed-in", user: { id: next } });
  expect(revoke).toHaveBeenCalledWith("second");
});

test("a sign-out in one tab ends a renewal in another", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  await sessionOf(database, {}, channels()).session.begin("ada@example.com", tokens("first"));
  const other = sessionOf(database, {}, channels()).session;
  await other.restore();
  const renew = async () => {
    await other.end(false);
    return tokens("second");
  };
  const { session, vault } = sessionOf(database, { renew }, newChannels()());
  await session.restore();

  await expect(session.accessToken()).rejects.toThrow(SignedOut);

  expect(await vault.read()).toBeUndefined();
  expect(session.state.value.kind).toBe("signed-out");
});

test("a session's requests end with it", async () => {
  const { session } = sessionOf(await openDatabase());
  await session.begin("ada@example.com", tokens("first"));
  const ending = session.ending();

  await session.end(false);

  expect(ending.aborted).toBe(true);
  expect(ending.reason).toBeInstanceOf(SignedOut);
  expect(session.ending().aborted).toBe(false);
});

test.each(["TooManyRequestsException", "InternalErrorException", "Unknown"])(
  "%s is no reason to ask for the password",
  async (name) => {
    const busy = () => Promise.reject(new CognitoRefused(name, ""));
    const { session } = sessionOf(await openDatabase(), { renew: busy });
    await session.begin("ada@example.com", tokens("first"));

    await expect(session.accessToken(await session.accessToken())).rejects.toThrow(Unreachable);

    expect(session.state.value.kind).toBe("signed-in");
  },
);

test("what is left behind of nobody in particular is forgotten at the next sign-in", async () => {
  const database = await openDatabase();
  await database.put("session", "current", { userId: "ada", key: "damaged" });
  const { session, forget } = sessionOf(database);

  await session.restore();
  expect(session.state.value.kind).toBe("signed-out");
  await session.begin("bob@example.com", { accessToken: token("bob"), refreshToken: "bob's" });

  expect(forget).toHaveBeenCalledOnce();
});

describe("a call with the access token", () => {
  const revoked = new CognitoRefused("NotAuthorizedException", "Access Token has been revoked");

  test("is repeated with a new one when Cognito refuses it", async () => {
    const { session } = sessionOf(await openDatabase());
    await session.begin("ada@example.com", tokens("first"));
    const used: string[] = [];

    await withToken(session.accessToken, async (accessToken) => {
      used.push(accessToken);
      if (used.length === 1) throw revoked;
    });

    expect(new Set(used).size).toBe(2);
  });

  test("waits for the password when there is no new one", async () => {
    const call = vi.fn(async () => {}).mockRejectedValueOnce(revoked);
    const { session } = sessionOf(await openDatabase(), {
      renew: refuse,
      signOutEverywhere: call,
    });
    await session.begin("ada@example.com", tokens("first"));

    const end = session.end(true);
    await until(() => session.state.value.kind === "expired");
    await session.begin("ada@example.com", tokens("new"));
    await end;

    expect(call).toHaveBeenCalledTimes(2);
    expect(session.state.value.kind).toBe("signed-out");
  });

  test.each(["Incorrect username or password.", "Password attempts exceeded"])(
    "is not repeated after “%s”",
    async (words) => {
      const { session } = sessionOf(await openDatabase());
      await session.begin("ada@example.com", tokens("first"));
      const call = vi.fn(async () => {
        throw new CognitoRefused("NotAuthorizedException", words);
      });

      await expect(withToken(session.accessToken, call)).rejects.toThrow(words);

      expect(call).toHaveBeenCalledOnce();
    },
  );
});

describe("a page that has heard no news", () => {
  const deaf = () => ({ tell() {}, listen() {} });
  const lateTab = async (parts: Partial<Cognito> = {}) => {
    const database = await openDatabase();
    const { session: first } = sessionOf(database);
    await first.begin("ada@example.com", tokens("first"));
    const late = sessionOf(database, parts, deaf());
    await late.session.restore();
    return { ...late, first };
  };

  test("finds out that its session is over", async () => {
    const { session, first } = await lateTab();
    await first.end(false);

    await session.recheck();

    expect(session.state.value.kind).toBe("signed-out");
  });

  test("goes on, with a token of its own, when nothing has happened", async () => {
    const { session, forget } = await lateTab();

    await session.recheck();

    expect(session.state.value.kind).toBe("signed-in");
    expect(forget).not.toHaveBeenCalled();
  });

  test("does not take the session of the next person for its own", async () => {
    const reload = vi.fn();
    vi.stubGlobal("location", { reload });
    const renew = vi.fn(async () => tokens("next"));
    const { session, first, vault } = await lateTab({ renew });
    await first.end(false);
    await first.begin("bob@example.com", { accessToken: token("bob"), refreshToken: "bob's" });

    await expect(session.accessToken()).rejects.toThrow(SignedOut);
    await session.end(false);

    expect(renew).not.toHaveBeenCalled();
    expect(reload).toHaveBeenCalled();
    expect(await vault.read()).toMatchObject({ userId: "bob", refreshToken: "bob's" });
    vi.unstubAllGlobals();
  });
});
