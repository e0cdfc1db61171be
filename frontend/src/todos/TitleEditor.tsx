import { useLayoutEffect, useRef } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";

interface Props {
  readonly todo: Todo;
  readonly onDone: () => void;
}

/** The title, edited in its place: Enter and leaving save, Escape does not, nothing left deletes. */
export function TitleEditor({ todo, onDone }: Props) {
  const { actions } = useApp();
  const input = useRef<HTMLInputElement>(null);
  // What the person saw when the editing began: what another tab does meanwhile must not be lost.
  const seen = useRef(todo);
  const isOver = useRef(false);

  useLayoutEffect(() => {
    input.current?.focus();
    const end = todo.title.length; // nothing is replaced by accident
    input.current?.setSelectionRange(end, end);
  }, []);

  const finish = (save: boolean) => {
    if (isOver.current) return;
    isOver.current = true;
    const row = input.current?.closest("[data-todo]");
    const hadFocus = document.activeElement === input.current;
    const title = (input.current?.value ?? "").trim();
    if (save && title === "") actions.trash([todo]);
    else if (save) actions.edit(seen.current, { title });
    onDone();
    if (hadFocus) setTimeout(() => row?.querySelector<HTMLElement>("[data-part=title]")?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  };

  return (
    <input
      ref={input}
      class="title-editor"
      type="text"
      maxLength={200}
      autocomplete="off"
      data-part="title"
      aria-label={messages.value.todo.editTitle}
      defaultValue={todo.title}
      onKeyDown={onKeyDown}
      onBlur={() => finish(true)}
    />
  );
}
