import { type ReadonlySignal, signal } from "@preact/signals";

import { Refused, type Send, Unreachable } from "../api/client.ts";
import { listTodos, type Todo } from "../api/todos.ts";
import { SignedOut } from "../auth/session.ts";
import type { Store } from "./store.ts";

export type ReadingState = "idle" | "reading" | "offline" | "failed";

/** Reads the list, and reads it again now and then: other devices change it too. */
export interface Reader {
  readonly state: ReadonlySignal<ReadingState>;
  /** Read now; `ifOlderThan` in ms leaves a young list alone. */
  read(ifOlderThan?: number): Promise<void>;
  stop(): void;
}

export function createReader(send: Send, store: Store): Reader {
  const state = signal<ReadingState>("idle");
  let current: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let era = 0;

  const readScope = async (trashed: boolean, touched: ReadonlySet<string>, mine: number) => {
    const todos: Todo[] = [];
    for await (const page of listTodos(send, trashed)) {
      if (mine !== era) break;
      todos.push(...page);
      store.list({ todos: page, partial: true }, touched);
    }
    return todos;
  };

  const readAll = async () => {
    const mine = era;
    state.value = "reading";
    try {
      const touched = store.watch();
      const kept = await readScope(false, touched, mine);
      if (mine !== era) return;
      store.finish();
      const trashed = await readScope(true, touched, mine);
      if (mine !== era) return;
      // Only now: what was deleted elsewhere is missing in one listing and comes with the other.
      store.list({ todos: [...kept, ...trashed], partial: false }, touched);
      readAt = performance.now();
      state.value = "idle";
    } catch (error) {
      if (mine !== era) return;
      state.value = failure(error);
      if (state.value === "failed" && !(error instanceof Refused)) throw error;
    }
  };

  return {
    state,
    read(ifOlderThan = 0) {
      // A long list costs many pages, so it is read again less often.
      const patience = ifOlderThan * Math.max(1, store.todos.value.size / 500);
      if (performance.now() - readAt < patience) return Promise.resolve();
      if (current) return current;
      const mine = readAll().finally(() => {
        if (current === mine) current = undefined;
      });
      current = mine;
      return mine;
    },
    stop() {
      era += 1;
      current = undefined; // whoever signs in next does not wait for it
      readAt = Number.NEGATIVE_INFINITY;
      state.value = "idle";
    },
  };
}

function failure(error: unknown): ReadingState {
  if (error instanceof SignedOut) return "idle";
  return error instanceof Unreachable ? "offline" : "failed";
}
