import type { RefObject } from "preact";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { listAddress, navigate } from "../router.ts";
import { useShortcuts } from "../ui/shortcuts.ts";
import { beginEditing, type Editing } from "./editing.ts";
import { focusedRow, stepRow } from "./focus.ts";
import type { Selection } from "./selection.ts";
import type { Query } from "./views.ts";

interface Parts {
  readonly list: RefObject<HTMLElement | null>;
  readonly todos: readonly Todo[];
  readonly query: Query;
  readonly selection: Selection;
  readonly editing: { value: Editing | undefined };
}

/** The keys that act on the row with the focus. */
export function useListKeys({ list, todos, query, selection, editing }: Parts): void {
  const { actions } = useApp();
  const inTrash = query.view === "trash";

  const onCurrent = (act: (todo: Todo) => void) => () => {
    const id = focusedRow()?.dataset["todo"];
    const todo = todos.find((one) => one.id === id);
    if (todo) act(todo);
  };
  const step = (by: number) => () => {
    if (list.current) stepRow(list.current, by);
  };

  useShortcuts({
    j: step(1),
    k: step(-1),
    x: onCurrent((todo) => {
      if (!inTrash) actions.complete([todo], !todo.completed);
    }),
    s: onCurrent((todo) => selection.toggle(todo.id)),
    e: onCurrent((todo) => {
      if (!inTrash) editing.value = beginEditing(todo);
    }),
    o: onCurrent((todo) => navigate(listAddress({ ...query, todo: todo.id }))),
    d: onCurrent((todo) => (inTrash ? actions.restore([todo]) : actions.trash([todo]))),
  });
}
