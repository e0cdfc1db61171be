import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { holdUp } from "../ui/leaving.ts";
import { lineOf } from "./line.ts";

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
  const refused = useRef<Editing | undefined>(undefined);

  const end = () => {
    if (editing.value === undefined) return;
    const { seen, text } = editing.value;
    const title = lineOf(text);
    // Nothing of somebody who has signed out, whose store is closed, is to be sent any more.
    const isClosed = store.todos.value.size === 0 && !store.loaded.value;
    const isOver = title === "" || isClosed || actions.edit(seen, { title });
    // For want of room it waits until its row is back.
    if (!isOver) refused.current = editing.value;
    else editing.value = undefined;
  };
  useLayoutEffect(() => {
    const isGone = !list.current?.querySelector("[data-editor]");
    if (isGone && refused.current !== editing.value) end();
  });
  useEffect(() => {
    const isThere = () =>
      editing.value !== undefined && editing.value.text !== editing.value.seen.title;
    const letGo = holdUp({ isThere });
    return () => {
      letGo();
      end();
    };
  }, []);
  return editing;
}
