import { useState } from "preact/hooks";

import { Refused, type Send } from "../api/client.ts";
import { clearTodos, type ExportFormat, exportTodos, listTodos } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { saveAs } from "../ui/download.ts";
import { Menu } from "../ui/Menu.tsx";
import { next } from "./outbox.ts";
import { tellFailure } from "./refusals.ts";
import type { View } from "./views.ts";

export function MoreMenu({ view }: { readonly view: View }) {
  const { store, actions } = useApp();
  const { found, look, stop, empty } = useEmptying();
  const exportAs = useExport();
  const { more, emptyTrashTitle, emptyTrashText, cancel } = messages.value;
  const todos = [...store.todos.value.values()];
  const trashed = todos.filter((todo) => todo.deletedAt !== null).length;
  const hasDone = todos.some((todo) => todo.completed && todo.deletedAt === null);

  return (
    <>
      <Menu label={more.label} icon="more">
        {view === "trash" ? (
          <button type="button" disabled={trashed === 0} onClick={look}>
            {more.emptyTrash}
          </button>
        ) : (
          <button type="button" disabled={!hasDone} onClick={() => actions.clearDone()}>
            {more.clearDone}
          </button>
        )}
        <button type="button" onClick={() => exportAs("json")}>
          {more.exportJson}
        </button>
        <button type="button" onClick={() => exportAs("csv")}>
          {more.exportCsv}
        </button>
        <button type="button" onClick={() => exportAs("ics")}>
          {more.exportIcs}
        </button>
      </Menu>
      {found && (
        <ConfirmDialog
          title={emptyTrashTitle}
          text={emptyTrashText(found.length)}
          confirm={more.emptyTrash}
          cancel={cancel}
          onConfirm={empty}
          onCancel={stop}
        />
      )}
    </>
  );
}

/**
 * Emptying the trash cannot be undone, so it does not wait in the outbox: what is asked about is what
 * lies there now, whichever device has put it there.
 */
function useEmptying() {
  const { send, notices, sender, store, actions } = useApp();
  const [found, setFound] = useState<readonly string[] | undefined>(undefined);
  const stop = () => setFound(undefined);
  const { notices: texts, status, loading } = messages.value;
  return {
    found,
    stop,
    async look() {
      notices.say(loading);
      await sender.flush();
      const unsent = store.outbox.value.length;
      if (next(store.outbox.value)) {
        notices.show(texts.failed(status.unsent(unsent)), { tone: "bad" });
        return;
      }
      try {
        const ids: string[] = [];
        for await (const page of listTodos(send, true)) {
          store.accept(page);
          ids.push(...page.map((todo) => todo.id));
        }
        setFound(ids);
      } catch (error) {
        tellFailure(notices, error);
      }
    },
    async empty() {
      stop();
      try {
        await clearAll(send);
        store.accept([], found);
        actions.forgetUndo(); // what is gone for good cannot be restored
        notices.pass();
        notices.show(texts.trashEmptied);
      } catch (error) {
        tellFailure(notices, error);
      }
    },
  };
}

/** For many there is not time enough in one request. */
async function clearAll(send: Send): Promise<void> {
  try {
    await clearTodos(send, "trashed");
  } catch (error) {
    if (!(error instanceof Refused && error.type === "not-all-done")) throw error;
    await clearAll(send);
  }
}

/** The token travels in a header, so the file is fetched and handed over rather than linked to. */
function useExport() {
  const { send, notices, sender, store } = useApp();
  return async (format: ExportFormat) => {
    const { more } = messages.value;
    notices.say(more.exporting);
    await sender.flush();
    const unsent = store.outbox.value.length;
    if (unsent > 0) notices.show(more.unsent(unsent));
    try {
      saveAs(await exportTodos(send, format), `todos.${format}`);
      notices.say(more.exported);
    } catch (error) {
      tellFailure(notices, error);
    }
  };
}
