import type { NewTodo, Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { draftOf } from "./draft.ts";
import { drop, type Entry, patched, rebase } from "./outbox.ts";

/** The ways out of a conflict. */
export function useResolutions(entry: Entry, theirs: Todo) {
  const { store, sender, actions } = useApp();
  const giveUp = () =>
    store.changeOutbox((entries) => drop(rebase(entries, entry.id, theirs), entry));
  return {
    async keepMine() {
      await store.changeOutbox((entries) => rebase(entries, entry.id, theirs));
      sender.wake();
    },
    async keepTheirs() {
      await giveUp();
      sender.wake();
    },
    /** Mine becomes a to-do of its own. */
    async keepBoth() {
      if (!actions.add(mineOf(entry, theirs))) return;
      await giveUp();
      sender.wake();
    },
  };
}

function mineOf({ change, at }: Entry, theirs: Todo): NewTodo {
  if (change.kind !== "patch") throw new Error("only an edited to-do has a version of its own");
  const { labels, ...rest } = draftOf(patched(theirs, change.patch, at));
  return { ...rest, labels: [...labels] };
}
