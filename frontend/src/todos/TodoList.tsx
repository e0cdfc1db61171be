import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { messages } from "../i18n/language.ts";
import { beginEditing, type Editing, useEditing } from "./editing.ts";
import { useKeptFocus } from "./focus.ts";
import { useListKeys } from "./list-keys.ts";
import type { Selection } from "./selection.ts";
import { TodoRow } from "./TodoRow.tsx";
import type { Group, Query } from "./views.ts";

interface Props {
  readonly groups: readonly Group[];
  readonly query: Query;
  readonly selection: Selection;
}

const AT_ONCE = 100;

export function TodoList({ groups, query, selection }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const editing = useEditing(list);
  const limit = useSignal(AT_ONCE);
  const todos = groups.flatMap((one) => one.todos);
  useKeptFocus(list);
  useEffect(() => {
    const showAll = () => {
      limit.value = Number.POSITIVE_INFINITY;
    };
    addEventListener("beforeprint", showAll);
    return () => removeEventListener("beforeprint", showAll);
  }, [limit]);
  useListKeys({ list, todos, query, selection, editing });

  let room = limit.value;
  return (
    <div ref={list} class="todo-list" data-list>
      {groups.map(({ name, todos: members }) => {
        const shown = members.slice(0, Math.max(0, room));
        room -= shown.length;
        if (shown.length === 0) return null;
        return (
          <section key={name ?? "all"} data-group={name}>
            {name && <h2 class="group-name">{messages.value.groups[name]}</h2>}
            <ul>
              {shown.map((todo) => (
                <Row key={todo.id} todo={todo} all={todos} {...{ query, selection, editing }} />
              ))}
            </ul>
          </section>
        );
      })}
      {todos.length > limit.value && (
        <More
          onNeeded={() => {
            limit.value += AT_ONCE;
          }}
        />
      )}
    </div>
  );
}

interface RowProps {
  readonly todo: Todo;
  readonly all: readonly Todo[];
  readonly query: Query;
  readonly selection: Selection;
  readonly editing: { value: Editing | undefined };
}

function Row({ todo, all, query, selection, editing }: RowProps) {
  return (
    <TodoRow
      todo={todo}
      query={query}
      siblings={query.sort === "position" && query.view !== "trash" ? all : undefined}
      selection={selection}
      editing={editing.value?.seen.id === todo.id ? editing.value : undefined}
      onEdit={(wanted) => {
        editing.value = wanted ? beginEditing(todo) : undefined;
      }}
    />
  );
}

/** Long lists grow as one comes to their end. */
function More({ onNeeded }: { readonly onNeeded: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) onNeeded();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <button ref={button} type="button" class="button wide" onClick={onNeeded}>
      {messages.value.showMore}
    </button>
  );
}
