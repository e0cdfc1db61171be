import { type ReadonlySignal, signal } from "@preact/signals";

import type { Channel } from "../offline/channel.ts";
import { type Cognito, type Tokens, withToken } from "./cognito.ts";
import { renew } from "./renewal.ts";
import type { Keepsake, Vault } from "./vault.ts";

export interface User {
  readonly id: string;
  readonly email: string;
}

export type SessionState =
  | { readonly kind: "signed-out" }
  | { readonly kind: "signed-in"; readonly user: User }
  /** The password is needed again; the page stays as it is. */
  | { readonly kind: "expired"; readonly user: User };

/** The request cannot be sent: nobody is signed in any more. */
export class SignedOut extends Error {}

export interface Session {
  readonly state: ReadonlySignal<SessionState>;
  restore(): Promise<void>;
  /** The same for a page that may have missed the news of a sign-out. */
  recheck(): Promise<void>;
  begin(email: string, tokens: Tokens): Promise<void>;
  accessToken(stale?: string): Promise<string>;
  /** Aborted when this person's session is over, with `SignedOut`; the next person has another. */
  ending(): AbortSignal;
  end(everywhere: boolean): Promise<void>;
}

export interface SessionParts {
  readonly cognito: Cognito;
  readonly vault: Vault;
  readonly channel: Channel;
  /** Forget everything that belongs to a person. */
  readonly forget: () => Promise<void>;
}

interface AccessTokenInHand {
  readonly value: string;
  readonly freshUntil: number;
}

const MARGIN_MS = 60_000; // renewed a minute before it ends

export function createSession({ cognito, vault, channel, forget }: SessionParts): Session {
  const state = signal<SessionState>({ kind: "signed-out" });
  let inHand: AccessTokenInHand | undefined;
  let renewal: Promise<string> | undefined;
  let over = new AbortController();
  const waiting = createWaiting();

  const hold = (accessToken: string) => {
    inHand = { value: accessToken, freshUntil: Date.now() + lifetime(accessToken) - MARGIN_MS };
  };

  const settle = (next: SessionState) => {
    state.value = next;
    waiting.end(next.kind === "signed-in" ? undefined : new SignedOut("Nobody is signed in"));
  };

  const forgetPerson = async () => {
    inHand = undefined;
    renewal = undefined;
    over.abort(new SignedOut("Nobody is signed in"));
    over = new AbortController();
    await forget();
  };

  const forgetHere = async () => {
    await forgetPerson();
    settle({ kind: "signed-out" });
  };

  const renewHere = async () => {
    const ended = over.signal;
    const outcome = await renew(cognito, vault, personIn(state.value), ended);
    ended.throwIfAborted();
    if (outcome.kind === "renewed") hold(outcome.accessToken);
    return outcome.kind;
  };

  const renewOrAsk = async (): Promise<string> => {
    const outcome = await renewHere();
    if (outcome === "gone") await follow();
    if (outcome === "refused") await askForPassword();
    if (inHand === undefined) throw new SignedOut("Nobody is signed in");
    return inHand.value;
  };

  const askForPassword = () => {
    inHand = undefined;
    if (state.value.kind === "signed-in") {
      state.value = { kind: "expired", user: state.value.user };
    }
    return waiting.join();
  };

  /** Another tab has signed in, renewed or signed out. */
  const follow = async () => {
    const keepsake = await vault.read();
    const current = state.value;
    if (keepsake === undefined) {
      if (current.kind !== "signed-out") await forgetHere();
    } else if (personIn(current) !== keepsake.userId) {
      settle({ kind: "signed-out" });
      location.reload();
    } else if (current.kind === "expired" && (await renewHere()) === "renewed") {
      settle({ kind: "signed-in", user: current.user });
    }
  };

  channel.listen((news) => {
    if (news.kind === "session") void follow();
  });

  return {
    state,
    async restore() {
      const keepsake = await vault.read();
      state.value = keepsake
        ? { kind: "signed-in", user: userOf(keepsake) }
        : { kind: "signed-out" };
    },
    async recheck() {
      inHand = undefined; // it may be of a session that is over
      await follow();
    },
    async begin(email, tokens) {
      const user = { id: subject(tokens.accessToken), email };
      const keepsake = await vault.read();
      if (keepsake?.userId !== user.id) await forgetPerson();
      hold(tokens.accessToken);
      await vault.write({ userId: user.id, email, refreshToken: tokens.refreshToken });
      settle({ kind: "signed-in", user });
      channel.tell({ kind: "session" });
    },
    async accessToken(stale) {
      if (state.value.kind === "signed-out") throw new SignedOut("Nobody is signed in");
      if (inHand && inHand.value !== stale && Date.now() < inHand.freshUntil) return inHand.value;
      renewal ??= renewOrAsk().finally(() => {
        renewal = undefined;
      });
      return renewal;
    },
    ending: () => over.signal,
    async end(everywhere) {
      if (everywhere) await withToken(this.accessToken, cognito.signOutEverywhere);
      const keepsake = await vault.read();
      if (keepsake && keepsake.userId !== personIn(state.value)) return follow();
      await forgetHere();
      channel.tell({ kind: "session" });
      // Signed out here in any case; without a network the token lives on until it expires.
      if (keepsake) await cognito.revoke(keepsake.refreshToken).catch(() => {});
    },
  };
}

/** Whose session it is; empty if nobody's. */
export function personIn(state: SessionState): string {
  return state.kind === "signed-out" ? "" : state.user.id;
}

/** Requests that wait for the password. */
function createWaiting() {
  let waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  return {
    join: () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject })),
    end(reason?: Error) {
      const ended = waiting;
      waiting = [];
      for (const { resolve, reject } of ended) reason ? reject(reason) : resolve();
    },
  };
}

function userOf({ userId, email }: Keepsake): User {
  return { id: userId, email };
}

interface Claims {
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
}

/** What a token says; whether it says the truth is for the services to check. */
function claims(token: string): Claims {
  const payload = token.split(".")[1] ?? "";
  const json = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(json) as Claims;
}

const subject = (token: string) => claims(token).sub;

/** Milliseconds from issue to expiry: this machine's clock may be wrong, its pace is not. */
function lifetime(token: string): number {
  const { iat, exp } = claims(token);
  return (exp - iat) * 1000;
}
