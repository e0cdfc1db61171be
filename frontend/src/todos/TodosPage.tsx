import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { useApp } from "../app.ts";
import { firstWeekday } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { listAddress, navigate } from "../router.ts";
import { today } from "../ui/clock.ts";
import { useHeadingFocus, useTitle } from "../ui/title.ts";
import { BulkBar } from "./BulkBar.tsx";
import { EmptyList } from "./EmptyList.tsx";
import { ListHeader } from "./ListHeader.tsx";
import { QuickAdd } from "./QuickAdd.tsx";
import { Skeleton } from "./Skeleton.tsx";
import { createSelection } from "./selection.ts";
import { TodoList } from "./TodoList.tsx";
import { TodoSheet } from "./TodoSheet.tsx";
import { group, type Query, select } from "./views.ts";

interface Props {
  readonly query: Query;
  readonly todoId: string | undefined;
}

export function TodosPage({ query, todoId }: Props) {
  const { store, reader } = useApp();
  const selection = useSignal(createSelection()).value;
  useTitle(messages.value.views[query.view]);
  useEffect(() => selection.stop(), [query.view, selection]);
  useHeadingFocus(query.view);

  const todos = select(store.todos.value.values(), query, today.value);
  const groups = group(todos, query, today.value, firstWeekday());
  const isSearching = query.q !== "" || query.label !== "";
  const isUnread = useComputed(() => !store.loaded.value).value;
  const isFailed = useComputed(() => ["offline", "failed"].includes(reader.state.value)).value;

  return (
    <>
      <ListHeader query={query} count={todos.length} selection={selection} />
      {query.view !== "trash" && <QuickAdd query={query} />}
      {todos.length > 0 ? (
        <TodoList groups={groups} query={query} selection={selection} />
      ) : isUnread && !isFailed ? (
        <Skeleton />
      ) : (
        <EmptyList view={isUnread ? "unread" : isSearching ? "found" : query.view} />
      )}
      {selection.active.value && <BulkBar todos={todos} query={query} selection={selection} />}
      {todoId !== undefined && (
        <TodoSheet key={todoId} id={todoId} onClose={() => navigate(listAddress(query))} />
      )}
    </>
  );
}
