import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { listAddress } from "../router.ts";
import { Icon } from "../ui/Icon.tsx";
import { once, openOnSingleClick } from "./clicks.ts";
import type { Editing } from "./editing.ts";
import { MoveHandle } from "./MoveHandle.tsx";
import type { Selection } from "./selection.ts";
import { TitleEditor } from "./TitleEditor.tsx";
import { TodoMeta } from "./TodoMeta.tsx";
import type { Query } from "./views.ts";

interface Props {
  readonly todo: Todo;
  readonly query: Query;
  /** The to-dos in the order shown, where that order can be changed. */
  readonly siblings: readonly Todo[] | undefined;
  readonly selection: Selection;
  readonly editing: Editing | undefined;
  readonly onEdit: (wanted: boolean) => void;
}

export function TodoRow({ todo, query, siblings, selection, editing, onEdit }: Props) {
  const { actions } = useApp();
  const t = messages.value.todo;
  const isSelected = selection.ids.value.has(todo.id);
  const isTrashed = todo.deletedAt !== null;
  return (
    <li
      class="todo"
      data-todo={todo.id}
      data-completed={todo.completed}
      data-selected={isSelected}
      data-priority={todo.priority}
    >
      {siblings && <MoveHandle todo={todo} siblings={siblings} />}
      {selection.active.value && (
        <input
          type="checkbox"
          class="select-box"
          data-part="select"
          checked={isSelected}
          aria-label={t.select(todo.title)}
          onChange={() => selection.toggle(todo.id)}
        />
      )}
      {!isTrashed && (
        <input
          type="checkbox"
          class="check"
          data-part="check"
          checked={todo.completed}
          aria-label={t.done(todo.title)}
          onClick={once()}
          onChange={({ currentTarget: box }) => {
            if (!actions.complete([todo], !todo.completed)) box.checked = todo.completed;
          }}
        />
      )}
      <div class="todo-body">
        {editing ? (
          <TitleEditor editing={editing} onDone={() => onEdit(false)} />
        ) : (
          <a
            class="todo-title"
            dir="auto"
            href={listAddress({ ...query, todo: todo.id })}
            data-part="title"
            onClick={openOnSingleClick}
            onDblClick={() => onEdit(true)}
          >
            {todo.title}
          </a>
        )}
        <TodoMeta todo={todo} query={query} />
      </div>
      <RowButtons todo={todo} onEdit={() => onEdit(true)} />
    </li>
  );
}

function RowButtons({ todo, onEdit }: { readonly todo: Todo; readonly onEdit: () => void }) {
  const { actions } = useApp();
  const t = messages.value.todo;
  if (todo.deletedAt !== null) {
    return (
      <button
        type="button"
        class="button small"
        data-part="restore"
        aria-label={t.restore(todo.title)}
        onClick={once(() => actions.restore([todo]))}
      >
        <Icon name="restore" />
        {messages.value.sheet.restore}
      </button>
    );
  }
  return (
    <div class="todo-buttons">
      <button
        type="button"
        class="icon-button"
        data-part="edit"
        aria-label={t.rename(todo.title)}
        title={t.editTitle}
        onClick={onEdit}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="icon-button"
        data-part="trash"
        aria-label={t.trash(todo.title)}
        title={messages.value.sheet.trash}
        onClick={once(() => actions.trash([todo]))}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}
