import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";

/** A title that is being edited. It lives longer than its field, which comes and goes with the row. */
export interface Editing {
  /** As it was when the editing began: what another tab does meanwhile must not be lost. */
  readonly seen: Todo;
  text: string;
}

export function beginEditing(todo: Todo): Editing {
  return { seen: todo, text: todo.title };
}

/** What is being edited in a list; saved when its row is not shown any more, but never deleted. */
export function useEditing(list: RefObject<HTMLElement | null>): Signal<Editing | undefined> {
  const { actions, store } = useApp();
  const editing = useSignal<Editing | undefined>(undefined);

  const end = () => {
    if (editing.value === undefined) return;
    const { seen, text } = editing.value;
    editing.value = undefined;
    // An empty store is somebody's who has signed out: nothing of theirs is to be sent any more.
    if (text.trim() !== "" && store.loaded.value) actions.edit(seen, { title: text.trim() });
  };
  useLayoutEffect(() => {
    if (!list.current?.querySelector("[data-editor]")) end();
  });
  useEffect(() => end, []);
  return editing;
}
