import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";

import type { Todo } from "../api/todos.ts";
import type { Channel } from "../offline/channel.ts";
import type { Database } from "../offline/database.ts";
import { type Listing, takeOver } from "./listing.ts";
import { type Entries, type Entry, preview, type Todos } from "./outbox.ts";

/** The to-dos: what the API is known to hold, with the changes on their way laid over it. */
export interface Store {
  readonly todos: ReadonlySignal<Todos>;
  readonly outbox: ReadonlySignal<Entries>;
  /** Whether the list has been read to its end at least once, now or on an earlier visit. */
  readonly loaded: ReadonlySignal<boolean>;
  open(): Promise<void>;
  close(): void;
  saved(id: string): Todo | undefined;
  accept(changed: readonly Todo[], removed?: readonly string[]): void;
  list(listing: Listing, touched: ReadonlySet<string>): void;
  /** The list has been read to its end. */
  finish(): void;
  /** Ids written since the call: see `takeOver`. */
  watch(): ReadonlySet<string>;
  changeOutbox(change: (entries: Entries) => Entries): Promise<void>;
  /** Whether there is a change that is neither sent nor written down: only this page has it. */
  isAtRisk(): boolean;
}

export function createStore(database: Database, channel: Channel): Store {
  const base = signal<Todos>(new Map());
  const outbox = signal<Entries>([]);
  const todos = computed(() => preview(base.value, outbox.value));
  const loaded = signal(false);
  let unwritten: ((entries: Entries) => Entries)[] = [];
  let touched = new Set<string>();
  let era = 0;
  // The browser takes no more, or has lost some: what it holds of the outbox is not all of it.
  let isInMemory = false;
  database.onRenewed(() => {
    isInMemory = true;
  });

  const replace = (next: Todos) => {
    const { puts, deletes } = differences(base.value, next);
    base.value = next;
    if (puts.size === 0 && deletes.length === 0) return;
    database.write("todos", puts, deletes).catch(goOn); // only a copy: read anew next time
    channel.tell({ kind: "todos", changed: [...puts.values()], removed: deletes });
  };

  const showOutbox = (stored: Entries, since: number) => {
    if (since !== era || isInMemory) return; // somebody else's, nobody's, or not all
    outbox.value = unwritten.reduce((entries, change) => change(entries), stored);
  };

  const touch = (changed: readonly Todo[], removed: readonly string[]) => {
    for (const id of [...changed.map((todo) => todo.id), ...removed]) touched.add(id);
  };

  channel.listen((news) => {
    if (news.kind === "todos") {
      touch(news.changed, news.removed);
      base.value = updated(base.value, news.changed, news.removed);
    }
    const since = era;
    if (news.kind === "outbox") {
      database.all<Entry>("outbox").then((stored) => showOutbox(stored, since), goOn);
    }
  });

  return {
    todos,
    outbox,
    loaded,
    async open() {
      const [known, entries] = await Promise.all([
        database.all<Todo>("todos"),
        database.all<Entry>("outbox"),
      ]);
      batch(() => {
        base.value = new Map(known.filter(isWhole).map((todo) => [todo.id, todo]));
        outbox.value = entries;
        loaded.value = known.length > 0;
      });
    },
    close() {
      batch(() => {
        base.value = new Map();
        outbox.value = [];
        loaded.value = false;
      });
      unwritten = [];
      era += 1;
      isInMemory = false;
    },
    saved: (id) => base.value.get(id),
    isAtRisk: () => outbox.value.length > 0 && unwritten.length > 0,
    accept(changed, removed = []) {
      touch(changed, removed);
      replace(updated(base.value, changed, removed));
    },
    list: (listing, since) => replace(takeOver(base.value, listing, since)),
    finish() {
      if (loaded.value) return;
      loaded.value = true;
      // Of an empty list, too, it is known later that it has been read.
      database.write("todos", new Map([["read", { id: "read" }]]), []).catch(goOn);
    },
    watch() {
      touched = new Set();
      return touched;
    },
    async changeOutbox(change) {
      const since = era;
      unwritten.push(change);
      outbox.value = change(outbox.value);
      const stored = await database.update("outbox", change).catch(goOn);
      if (stored === undefined && since === era) isInMemory = true;
      if (stored === undefined || isInMemory) return;
      unwritten = unwritten.filter((other) => other !== change);
      showOutbox(stored, since);
      channel.tell({ kind: "outbox" });
    },
  };
}

/** The browser's storage is full, or was cleared: the page goes on with what it has in memory. */
function goOn(error: unknown): undefined {
  if (!(error instanceof DOMException)) throw error;
}

/** Not what an older release or a broken disk has left, which the page could not show. */
function isWhole(todo: Partial<Todo> | null): boolean {
  return typeof todo?.title === "string" && Array.isArray(todo.labels);
}

/** Newer versions win, in whatever order they come to be known. */
function updated(known: Todos, changed: readonly Todo[], removed: readonly string[]): Todos {
  const result = new Map(known);
  for (const todo of changed) {
    const mine = result.get(todo.id);
    if (mine === undefined || todo.version >= mine.version) result.set(todo.id, todo);
  }
  for (const id of removed) result.delete(id);
  return result;
}

function differences(known: Todos, next: Todos) {
  const puts = new Map<string, Todo>();
  for (const [id, todo] of next) if (known.get(id) !== todo) puts.set(id, todo);
  const deletes = [...known.keys()].filter((id) => !next.has(id));
  return { puts, deletes };
}
