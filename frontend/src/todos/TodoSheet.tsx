import { useLayoutEffect, useRef, useState } from "preact/hooks";

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
  const known = store.todos.value.get(id);
  const last = useRef(known);
  if (known) last.current = known;
  if (last.current) return <Details todo={last.current} isGone={!known} onClose={onClose} />;
  return store.loaded.value ? <Gone onClose={onClose} /> : null;
}

function Gone({ onClose }: Pick<Props, "onClose">) {
  const { sheet, close } = messages.value;
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

interface DetailsProps {
  readonly todo: Todo;
  /** Deleted for good elsewhere; this is what it was. What is written about it can still be saved. */
  readonly isGone: boolean;
  readonly onClose: () => void;
}

function Details({ todo, isGone, onClose }: DetailsProps) {
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
  const isTrashed = !isGone && todo.deletedAt !== null;

  useLayoutEffect(() => {
    return holdUp({ isThere: () => isDirty, ask: () => setLeaving(true) });
  }, [isDirty]);

  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const leave = () => (isDirty ? setLeaving(true) : onClose());
  const save = (event?: Event) => {
    event?.preventDefault();
    if (draft.title.trim() === "") return setFault(sheet.titleNeeded);
    const isTaken = isGone
      ? actions.add({ ...draft, labels: [...draft.labels] })
      : actions.edit(seen, patchOf(seen, draft));
    if (isTaken) onClose();
  };
  /** Also what was being written when somebody deleted the to-do elsewhere. */
  const restore = () => {
    const isTaken =
      actions.restore([todo]) &&
      (draft.title.trim() === "" || actions.edit(seen, patchOf(seen, draft)));
    if (isTaken) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  };

  if (isGone && !isDirty) return <Gone onClose={onClose} />;
  return (
    <Dialog title={sheet.label} kind="sheet" onClose={leave}>
      <form class="sheet-form" onSubmit={save} onKeyDown={onKeyDown}>
        <SheetFields draft={draft} onChange={change} isLocked={isTrashed} />
        <p class="form-error" role="alert">
          {fault || (isGone ? sheet.goneDraft : "")}
        </p>
        {!isGone && <Attachments todo={todo} />}
        <p class="muted small-text">
          {sheet.created(formatInstant(todo.createdAt))} ·{" "}
          {sheet.updated(formatInstant(todo.updatedAt))}
        </p>
        <SheetButtons
          todo={todo}
          isGone={isGone}
          isTrashed={isTrashed}
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

interface ButtonProps extends DetailsProps {
  readonly isTrashed: boolean;
  readonly isDirty: boolean;
  readonly onCancel: () => void;
  readonly onRestore: () => void;
}

function SheetButtons(props: ButtonProps) {
  const { todo, isGone, isTrashed, isDirty, onClose, onCancel, onRestore } = props;
  const { actions } = useApp();
  const { sheet, save, close, cancel } = messages.value;
  const trash = () => {
    if (actions.trash([todo])) onClose();
  };
  return (
    <div class="sheet-buttons">
      {isTrashed ? (
        <button type="button" class="button" onClick={onRestore}>
          <Icon name="restore" />
          {sheet.restore}
        </button>
      ) : (
        !isGone && (
          <button type="button" class="button danger" onClick={trash}>
            <Icon name="trash" />
            {sheet.trash}
          </button>
        )
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
