import { useLayoutEffect, useRef } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import type { Editing } from "./editing.ts";
import { lineOf } from "./line.ts";

interface Props {
  readonly editing: Editing;
  readonly onDone: () => void;
}

/** The title, edited in its place: Enter and leaving save, Escape does not, nothing left deletes. */
export function TitleEditor({ editing, onDone }: Props) {
  const { actions } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const { seen, text } = editing;

  useLayoutEffect(() => {
    input.current?.focus();
    const end = text.length; // nothing is replaced by accident
    input.current?.setSelectionRange(end, end);
  }, []);
  useLayoutEffect(() => {
    // A row that changes its place in the list loses the focus on the way.
    if (document.activeElement === document.body) input.current?.focus();
  });

  const finish = (save: boolean) => {
    const title = lineOf(editing.text);
    const isTaken = !save || (title === "" ? actions.trash([seen]) : actions.edit(seen, { title }));
    if (!isTaken) return;
    const row = input.current?.closest("[data-todo]");
    const hadFocus = document.activeElement === input.current;
    onDone();
    if (hadFocus) setTimeout(() => row?.querySelector<HTMLElement>("[data-part=title]")?.focus());
  };
  /** Nobody leaves when the row goes or moves: then the field is gone in a moment, or has the focus. */
  const onBlur = () =>
    queueMicrotask(() => {
      const isThere = input.current !== null && input.current !== document.activeElement;
      if (isThere) finish(true);
    });
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
      dir="auto"
      maxLength={200}
      autocomplete="off"
      data-part="title"
      data-editor
      aria-label={messages.value.todo.editTitle}
      defaultValue={text}
      onInput={(event) => {
        editing.text = event.currentTarget.value;
      }}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    />
  );
}
