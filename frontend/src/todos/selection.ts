import { type ReadonlySignal, signal } from "@preact/signals";

/** Which to-dos of a list are selected, while the person is selecting. */
export interface Selection {
  readonly active: ReadonlySignal<boolean>;
  readonly ids: ReadonlySignal<ReadonlySet<string>>;
  start(): void;
  stop(): void;
  toggle(id: string): void;
  set(ids: Iterable<string>): void;
}

export function createSelection(): Selection {
  const active = signal(false);
  const ids = signal<ReadonlySet<string>>(new Set());
  return {
    active,
    ids,
    start() {
      active.value = true;
    },
    stop() {
      active.value = false;
      ids.value = new Set();
    },
    toggle(id) {
      const next = new Set(ids.value);
      if (!next.delete(id)) next.add(id);
      ids.value = next;
      active.value = true;
    },
    set(wanted) {
      ids.value = new Set(wanted);
    },
  };
}
