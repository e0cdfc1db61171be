import { useState } from "preact/hooks";
import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { formatLongDay } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { useResolutions } from "./conflicts.ts";
import { disputed, FIELDS, type Field, worthAsking } from "./merge.ts";
import type { Entry } from "./outbox.ts";

/** Two changed the same: both versions are shown, and neither is lost until the person decides. */
export function ConflictDialog() {
  const { store } = useApp();
  const { conflict } = messages.value;
  const entries = store.outbox.value.filter((entry) => entry.theirs);
  // What was put off on an earlier visit waits until it is asked for.
  const [postponed, postpone] = useState<ReadonlySet<string>>(new Set(entries.map(({ id }) => id)));
  const current = entries.find((entry) => !postponed.has(entry.id));

  if (current?.theirs) {
    const later = () => postpone(new Set([...postponed, current.id]));
    return <Decision key={current.id} entry={current} theirs={current.theirs} onLater={later} />;
  }
  if (entries.length === 0) return null;
  return (
    <aside class="conflict-bar">
      <span>{conflict.pending(entries.length)}</span>
      <button type="button" class="button small" onClick={() => postpone(new Set())}>
        {conflict.decide}
      </button>
    </aside>
  );
}

interface Props {
  readonly entry: Entry;
  readonly theirs: Todo;
  readonly onLater: () => void;
}

function Decision({ entry, theirs, onLater }: Props) {
  const { conflict } = messages.value;
  const { keepMine, keepTheirs, keepBoth } = useResolutions(entry, theirs);
  const { change } = entry;
  const isTrash = change.kind !== "patch";
  const fields = isTrash ? [] : worthAsking(disputed(change.before, change.patch, theirs));
  return (
    <Dialog title={conflict.title} onClose={onLater}>
      <p>{isTrash ? conflict.trashText(theirs.title) : conflict.text(theirs.title)}</p>
      <div class="versions" data-conflict>
        <section>
          <h3>{conflict.yours}</h3>
          {isTrash ? <p>{conflict.deleted}</p> : <Values fields={fields} values={change.patch} />}
        </section>
        <section>
          <h3>{conflict.theirs}</h3>
          <Values fields={isTrash ? filled(theirs) : fields} values={theirs} />
        </section>
      </div>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onLater}>
          {conflict.later}
        </button>
        {!isTrash && (
          <button type="button" class="button" onClick={keepBoth}>
            {conflict.keepBoth}
          </button>
        )}
        <button type="button" class="button" onClick={keepTheirs}>
          {isTrash ? conflict.keepIt : conflict.keepTheirs}
        </button>
        <button
          type="button"
          class={isTrash ? "button danger" : "button primary"}
          onClick={keepMine}
        >
          {isTrash ? conflict.deleteAnyway : conflict.keepYours}
        </button>
      </div>
    </Dialog>
  );
}

/** All that would be lost. */
function filled(todo: Todo): Field[] {
  return worthAsking(FIELDS).filter((field) => {
    const value = todo[field];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
}

interface ValuesProps {
  readonly fields: readonly Field[];
  readonly values: Partial<Record<Field, unknown>>;
}

function Values({ fields, values }: ValuesProps) {
  return (
    <dl>
      {fields.map((field) => (
        <div key={field}>
          <dt>{fieldName(field)}</dt>
          <dd>{shown(field, values[field])}</dd>
        </div>
      ))}
    </dl>
  );
}

function fieldName(field: Field): string {
  const { sheet, priority } = messages.value;
  if (field === "priority") return priority;
  return field === "position" ? "" : sheet[field];
}

function shown(field: Field, value: unknown): string {
  const { priorities, conflict, yes, no } = messages.value;
  if (field === "priority") return priorities[Number(value ?? 0)] ?? "";
  if (field === "completed") return value ? yes : no;
  if (field === "dueDate" && typeof value === "string") return formatLongDay(value);
  const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  return text || conflict.empty;
}
