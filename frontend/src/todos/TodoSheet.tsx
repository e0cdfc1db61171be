import { useLayoutEffect, useState } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { Attachments } from "../attachments/Attachments.tsx";
import { formatInstant } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { ConfirmDialog, Dialog } from "../ui/Dialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import { holdUp } from "../ui/leaving.ts";
import { type Draft, draftOf, isChanged, patchOf } from "./draft.ts";
import { SheetFields } from "./SheetFields.tsx";

interface Props {
  readonly id: string;
  readonly onClose: () => void;
}

/** All there is to a to-do, at the side of the list. */
export function TodoSheet({ id, onClose }: Props) {
  const { store } = useApp();
  const todo = store.todos.value.get(id);
  const { sheet, close } = messages.value;
  if (todo) return <Details todo={todo} onClose={onClose} />;
  if (!store.loaded.value) return null;
  return (
    <Dialog title={sheet.label} onClose={onClose}>
      <p>{sheet.gone}</p>
      <div class="dialog-buttons">
        <button type="button" class="button primary" onClick={onClose}>
          {close}
        </button>
      </div>
    </Dialog>
  );
}

function Details({ todo, onClose }: { readonly todo: Todo; readonly onClose: () => void }) {
  const { actions } = useApp();
  const [fault, setFault] = useState("");
  const [seen, setSeen] = useState(todo);
  const [draft, setDraft] = useState<Draft>(draftOf(todo));
  const [isLeaving, setLeaving] = useState(false);
  const { sheet } = messages.value;
  const isDirty = isChanged(seen, draft);

  // What happens elsewhere shows at once, unless it would overwrite what is being written here.
  if (seen !== todo && !isDirty) {
    setSeen(todo);
    setDraft(draftOf(todo));
  }

  useLayoutEffect(() => {
    return holdUp({ isThere: () => isDirty, ask: () => setLeaving(true) });
  }, [isDirty]);

  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const leave = () => (isDirty ? setLeaving(true) : onClose());
  const save = (event?: Event) => {
    event?.preventDefault();
    if (draft.title.trim() === "") return setFault(sheet.titleNeeded);
    actions.edit(seen, patchOf(seen, draft));
    onClose();
  };
  /** Also what was being written when somebody deleted the to-do elsewhere. */
  const restore = () => {
    onClose();
    actions.restore([todo]);
    if (draft.title.trim() !== "") actions.edit(seen, patchOf(seen, draft));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  };

  return (
    <Dialog title={sheet.label} kind="sheet" onClose={leave}>
      <form class="sheet-form" onSubmit={save} onKeyDown={onKeyDown}>
        <SheetFields draft={draft} onChange={change} isLocked={todo.deletedAt !== null} />
        <p class="form-error" role="alert">
          {fault}
        </p>
        <Attachments todo={todo} />
        <p class="muted small-text">
          {sheet.created(formatInstant(todo.createdAt))} ·{" "}
          {sheet.updated(formatInstant(todo.updatedAt))}
        </p>
        <SheetButtons
          todo={todo}
          isDirty={isDirty}
          onClose={onClose}
          onCancel={leave}
          onRestore={restore}
        />
      </form>
      {isLeaving && (
        <ConfirmDialog
          title={sheet.unsavedTitle}
          text={sheet.unsaved}
          confirm={sheet.discard}
          cancel={sheet.keepEditing}
          onConfirm={onClose}
          onCancel={() => setLeaving(false)}
        />
      )}
    </Dialog>
  );
}

interface ButtonProps {
  readonly todo: Todo;
  readonly isDirty: boolean;
  readonly onClose: () => void;
  readonly onCancel: () => void;
  readonly onRestore: () => void;
}

function SheetButtons({ todo, isDirty, onClose, onCancel, onRestore }: ButtonProps) {
  const { actions } = useApp();
  const { sheet, save, close, cancel } = messages.value;
  const isTrashed = todo.deletedAt !== null;
  const trash = () => {
    onClose();
    actions.trash([todo]);
  };
  return (
    <div class="sheet-buttons">
      {isTrashed ? (
        <button type="button" class="button" onClick={onRestore}>
          <Icon name="restore" />
          {sheet.restore}
        </button>
      ) : (
        <button type="button" class="button danger" onClick={trash}>
          <Icon name="trash" />
          {sheet.trash}
        </button>
      )}
      <span class="spacer" />
      <button type="button" class="button" onClick={onCancel}>
        {isDirty ? cancel : close}
      </button>
      {!isTrashed && (
        <button type="submit" class="button primary" aria-disabled={!isDirty}>
          {save}
        </button>
      )}
    </div>
  );
}
