import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { formatDue, formatInstant, formatLongDay } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { listAddress } from "../router.ts";
import { today } from "../ui/clock.ts";
import { Icon } from "../ui/Icon.tsx";
import type { Query } from "./views.ts";

/** What a row says beside the title. */
export function TodoMeta({ todo, query }: { readonly todo: Todo; readonly query: Query }) {
  const { store } = useApp();
  const { todo: t, priorities, priority } = messages.value;
  const isUnsent = store.outbox.value.some((entry) => entry.todoId === todo.id);
  return (
    <div class="todo-meta">
      {todo.deletedAt !== null && (
        <span class="muted">{t.deleted(formatInstant(todo.deletedAt))}</span>
      )}
      {todo.dueDate !== null && <Due todo={todo} day={todo.dueDate} />}
      {todo.priority > 0 && (
        <span class="flag" data-level={todo.priority}>
          <Icon name="flag" />
          <span class="visually-hidden">{priority}: </span>
          {priorities[todo.priority]}
        </span>
      )}
      {todo.labels.map((label) => (
        <a key={label} class="label-link" href={listAddress({ ...query, label })}>
          #{label}
        </a>
      ))}
      {(todo.notes !== "" || todo.description !== "") && (
        <span class="muted" title={t.hasNotes}>
          <Icon name="note" />
          <span class="visually-hidden">{t.hasNotes}</span>
        </span>
      )}
      {isUnsent && (
        <span class="unsent" title={t.unsent} data-unsent>
          <span class="visually-hidden">{t.unsent}</span>
        </span>
      )}
    </div>
  );
}

function Due({ todo, day }: { readonly todo: Todo; readonly day: string }) {
  const { todo: t } = messages.value;
  const isOverdue = !todo.completed && day < today.value;
  const isToday = day === today.value;
  const when = formatDue(day, today.value);
  return (
    <time
      class="due"
      dateTime={day}
      title={formatLongDay(day)}
      data-due={isOverdue ? "overdue" : isToday ? "today" : "later"}
    >
      <Icon name="calendar" />
      <span class="visually-hidden">{isOverdue ? t.overdue : t.due} </span>
      {when}
    </time>
  );
}
