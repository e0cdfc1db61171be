import { effect, type ReadonlySignal, signal } from "@preact/signals";

import { Refused, type Send, Unreachable } from "../api/client.ts";
import { getTodo } from "../api/todos.ts";
import { SignedOut } from "../auth/session.ts";
import { createDelivery } from "./delivery.ts";
import type { Entries, Entry } from "./outbox.ts";
import * as outbox from "./outbox.ts";
import type { Store } from "./store.ts";

export type SendingState = "idle" | "sending" | "offline" | "retrying";

export interface Sender {
  readonly state: ReadonlySignal<SendingState>;
  /** Send what there is, now. */
  wake(): void;
  /** The same; done when all is sent, or what is left cannot be sent just now. */
  flush(): Promise<void>;
  stop(): void;
}

export interface SenderParts {
  readonly send: Send;
  readonly store: Store;
  /** The API refused a change for good; it has been taken back, and with it the others given. */
  readonly onRefused: (refused: Entry, reason: unknown, others: Entries) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const MAX_FAULTS = 4; // answers of 500 before a change may be given up

/** Sends the outbox in order, from one tab at a time, for as long as it takes. */
export function createSender({ send, store, onRefused }: SenderParts): Sender {
  const state = signal<SendingState>("idle");
  const deliver = createDelivery(send, store);
  let running = false;
  let stopped = false;
  let failures = 0; // of one change, in a row
  let suspect: string | undefined; // a change that fails although the API answers otherwise
  let interrupt = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const nextEntry = () => (stopped ? undefined : outbox.next(store.outbox.value));

  /** Send what there is; gives the milliseconds to wait if only waiting may help. */
  const drain = async (): Promise<number | undefined> => {
    for (let entry = nextEntry(); entry !== undefined; entry = nextEntry()) {
      if (failures === 0) state.value = "sending";
      const wait = await attempt(entry);
      if (wait !== undefined) return wait;
      failures = 0;
    }
    return undefined;
  };

  const attempt = async ({ id }: Entry): Promise<number | undefined> => {
    await store.changeOutbox((entries) => outbox.attempt(entries, id));
    const current = store.outbox.value.find((entry) => entry.id === id);
    if (current === undefined) return undefined; // another tab has sent it
    try {
      await deliver(current);
    } catch (error) {
      if (!stopped && !(error instanceof SignedOut)) return survive(current, error);
      stopped = true;
    }
    return undefined;
  };

  /** A fault is the change's own when it stays although the API answers otherwise. */
  const isHopeless = async (entry: Entry, error: unknown): Promise<boolean> => {
    if (isPassing(error)) return false;
    if (!isFault(error) || suspect === entry.id) return true;
    if (failures >= MAX_FAULTS && (await isWell(entry))) suspect = entry.id;
    return false;
  };

  /** How long to wait if that may help; otherwise the change is given up. */
  const survive = async (entry: Entry, error: unknown): Promise<number | undefined> => {
    failures += 1;
    if (await isHopeless(entry, error)) {
      const others = outbox.orphans(store.outbox.value, entry);
      await store.changeOutbox((entries) => outbox.drop(entries, entry));
      onRefused(entry, error, others);
      return undefined;
    }
    state.value = error instanceof Unreachable ? "offline" : "retrying";
    return delay(error, failures);
  };

  const isWell = ({ todoId }: Entry): Promise<boolean> =>
    getTodo(send, todoId).then(
      () => true,
      (error) => error instanceof Refused && !isPassing(error) && !isFault(error),
    );

  const run = async () => {
    if (running) return interrupt();
    running = true;
    failures = 0;
    try {
      for (;;) {
        const wait = await navigator.locks.request("outbox", drain);
        if (wait === undefined) break;
        await pause(wait); // without the lock: another tab may be woken first
      }
    } finally {
      running = false;
      state.value = "idle";
    }
    if (!stopped && outbox.next(store.outbox.value) !== undefined) void run();
  };

  const wake = () => {
    stopped = false;
    void run();
  };

  return {
    state,
    wake,
    flush() {
      wake();
      return nothingToSend(state, store);
    },
    stop() {
      stopped = true;
      interrupt();
    },
  };
}

function nothingToSend(state: Sender["state"], store: Store): Promise<void> {
  return new Promise((resolve) => {
    effect(function () {
      const isWaiting = state.value === "offline" || state.value === "retrying";
      if (!isWaiting && outbox.next(store.outbox.value) !== undefined) return;
      resolve();
      this.dispose();
    });
  });
}

/** Whether waiting helps: no network, too much traffic, a server that is away. */
function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  // 401: the token was new, so it is the API's fault, or its clock's.
  const statuses = [401, 408, 429, 502, 503, 504];
  return error instanceof Refused && statuses.includes(error.status);
}

/** Whether waiting may help. */
function isFault(error: unknown): boolean {
  return error instanceof Refused && (error.status >= 500 || error.type === "write-conflict");
}

function delay(error: unknown, failures: number): number {
  const asked = error instanceof Refused ? (error.retryAfter ?? 0) : 0;
  if (asked > 0) return Math.min(asked * 1000, LONGEST_PAUSE_MS);
  const growing = FIRST_PAUSE_MS * 2 ** (failures - 1);
  return Math.min(growing, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}
