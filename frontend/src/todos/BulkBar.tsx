import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import type { Selection } from "./selection.ts";
import type { Query } from "./views.ts";

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
  const act = (what: () => void) => () => {
    if (isEmpty) return;
    what();
    selection.stop();
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
    </section>
  );
}

interface ChangesProps {
  readonly chosen: readonly Todo[];
  readonly act: (what: () => void) => () => void;
}

function BulkChanges({ chosen, act }: ChangesProps) {
  const { actions } = useApp();
  const { bulk, priorities } = messages.value;
  const isEmpty = chosen.length === 0;
  const open = chosen.filter((todo) => !todo.completed);
  const setDue = (dueDate: string) =>
    act(() =>
      actions.editAll(chosen, () => ({ dueDate: dueDate || null }), bulk.dated(chosen.length)),
    )();
  const setPriority = (priority: number) =>
    act(() => actions.editAll(chosen, () => ({ priority }), bulk.prioritised(chosen.length)))();
  return (
    <>
      {open.length > 0 || isEmpty ? (
        <button
          type="button"
          class="button small"
          disabled={isEmpty}
          onClick={act(() => actions.complete(open, true))}
        >
          <Icon name="check" />
          {bulk.complete}
        </button>
      ) : (
        <button
          type="button"
          class="button small"
          onClick={act(() => actions.complete(chosen, false))}
        >
          {bulk.reopen}
        </button>
      )}
      <input
        type="date"
        aria-label={bulk.due}
        disabled={isEmpty}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
      <select
        aria-label={bulk.priority}
        disabled={isEmpty}
        value=""
        onChange={(event) => setPriority(Number(event.currentTarget.value))}
      >
        <option value="" disabled>
          {bulk.priority}
        </option>
        {priorities.map((name, level) => (
          <option key={name} value={level}>
            {name}
          </option>
        ))}
      </select>
      <BulkLabel chosen={chosen} act={act} />
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

function BulkLabel({ chosen, act }: ChangesProps) {
  const { actions } = useApp();
  const { bulk } = messages.value;
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const label = String(new FormData(event.currentTarget as HTMLFormElement).get("label")).trim();
    if (label === "") return;
    const labels = (todo: Todo) => ({ labels: [...new Set([...todo.labels, label])].slice(0, 10) });
    act(() => actions.editAll(chosen, labels, bulk.labelled(chosen.length, label)))();
  };
  return (
    <form class="bulk-label" onSubmit={add}>
      <input
        name="label"
        type="text"
        maxLength={40}
        autocomplete="off"
        disabled={chosen.length === 0}
        aria-label={bulk.label}
        placeholder={bulk.label}
      />
    </form>
  );
}
