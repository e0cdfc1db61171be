import type { Todo, TodoPatch } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { LAST_DAY } from "./dates.ts";
import type { Selection } from "./selection.ts";
import type { Query } from "./views.ts";

const MAX_LABELS = 10;

interface Props {
  readonly todos: readonly Todo[];
  readonly query: Query;
  readonly selection: Selection;
}

/** What can be done with all selected to-dos. */
export function BulkBar({ todos, query, selection }: Props) {
  const { actions } = useApp();
  const { bulk } = messages.value;
  const chosen = todos.filter((todo) => selection.ids.value.has(todo.id));
  const isEmpty = chosen.length === 0;
  const act = (what: () => boolean) => () => {
    if (!isEmpty && what()) selection.stop();
  };
  return (
    <section class="bulk-bar" aria-label={bulk.toolbar} data-bulk>
      <strong role="status">{bulk.selected(chosen.length)}</strong>
      <button
        type="button"
        class="button small"
        onClick={() => selection.set(todos.map((todo) => todo.id))}
      >
        {bulk.selectAll}
      </button>
      {query.view === "trash" ? (
        <button
          type="button"
          class="button small"
          disabled={isEmpty}
          onClick={act(() => actions.restore(chosen))}
        >
          <Icon name="restore" />
          {bulk.restore}
        </button>
      ) : (
        <BulkChanges chosen={chosen} act={act} />
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={bulk.stop}
        onClick={() => selection.stop()}
      >
        <Icon name="close" />
      </button>
      {query.view !== "trash" && <BulkFields chosen={chosen} act={act} />}
    </section>
  );
}

interface ChangesProps {
  readonly chosen: readonly Todo[];
  readonly act: (what: () => boolean) => () => void;
}

function BulkChanges({ chosen, act }: ChangesProps) {
  const { actions } = useApp();
  const { bulk } = messages.value;
  const isEmpty = chosen.length === 0;
  const open = chosen.filter((todo) => !todo.completed);
  const completes = open.length > 0 || isEmpty;
  return (
    <>
      <button
        type="button"
        class="button small"
        disabled={isEmpty}
        onClick={act(() => actions.complete(completes ? open : chosen, completes))}
      >
        {completes && <Icon name="check" />}
        {completes ? bulk.complete : bulk.reopen}
      </button>
      <button
        type="button"
        class="button small danger"
        disabled={isEmpty}
        onClick={act(() => actions.trash(chosen))}
      >
        <Icon name="trash" />
        {bulk.trash}
      </button>
    </>
  );
}

/** Set at once what is filled in, but not before it is sent: a date is typed in parts. */
function BulkFields({ chosen, act }: ChangesProps) {
  const { actions } = useApp();
  const { bulk, priorities } = messages.value;
  const isEmpty = chosen.length === 0;

  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = wantedOf(new FormData(event.currentTarget as HTMLFormElement));
    if (wanted) act(() => actions.editAll(chosen, wanted, bulk.changed(chosen.length)))();
  };
  return (
    <form class="bulk-fields" onSubmit={apply}>
      <input name="due" type="date" max={LAST_DAY} aria-label={bulk.due} disabled={isEmpty} />
      <select name="priority" aria-label={bulk.priority} disabled={isEmpty}>
        <option value="">{bulk.priority}</option>
        {priorities.map((name, level) => (
          <option key={name} value={level}>
            {name}
          </option>
        ))}
      </select>
      <input
        name="label"
        type="text"
        maxLength={40}
        autocomplete="off"
        disabled={isEmpty}
        aria-label={bulk.label}
        placeholder={bulk.label}
      />
      <button type="submit" class="button small" disabled={isEmpty}>
        {bulk.apply}
      </button>
    </form>
  );
}

/** What the filled-in fields make of a to-do; undefined when none is filled in. */
function wantedOf(form: FormData): ((todo: Todo) => TodoPatch) | undefined {
  const [due, priority, label] = ["due", "priority", "label"].map((name) =>
    String(form.get(name)).trim(),
  );
  if (!due && !priority && !label) return undefined;
  return ({ labels }) => ({
    ...(due && { dueDate: due }),
    ...(priority && { priority: Number(priority) }),
    ...(label && { labels: [...new Set([...labels, label])].slice(0, MAX_LABELS) }),
  });
}
