import { useState } from "preact/hooks";

import { type ExportFormat, exportTodos } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { saveAs } from "../ui/download.ts";
import { Menu } from "../ui/Menu.tsx";
import { reasonFor } from "./refusals.ts";
import type { View } from "./views.ts";

export function MoreMenu({ view }: { readonly view: View }) {
  const { store, actions } = useApp();
  const [isAsking, ask] = useState(false);
  const exportAs = useExport();
  const { more, emptyTrashTitle, emptyTrashText, cancel } = messages.value;
  const todos = [...store.todos.value.values()];
  const trashed = todos.filter((todo) => todo.deletedAt !== null).length;
  const hasDone = todos.some((todo) => todo.completed && todo.deletedAt === null);

  const emptyTrash = () => {
    ask(false);
    actions.emptyTrash();
  };
  return (
    <>
      <Menu label={more.label} icon="more">
        {view === "trash" ? (
          <button type="button" disabled={trashed === 0} onClick={() => ask(true)}>
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
      {isAsking && (
        <ConfirmDialog
          title={emptyTrashTitle}
          text={emptyTrashText(trashed)}
          confirm={more.emptyTrash}
          cancel={cancel}
          onConfirm={emptyTrash}
          onCancel={() => ask(false)}
        />
      )}
    </>
  );
}

/** The token travels in a header, so the file is fetched and handed over rather than linked to. */
function useExport() {
  const { send, notices, sender, store } = useApp();
  return async (format: ExportFormat) => {
    const { more, notices: texts } = messages.value;
    notices.say(more.exporting);
    await sender.flush();
    const unsent = store.outbox.value.length;
    if (unsent > 0) notices.show(more.unsent(unsent));
    try {
      saveAs(await exportTodos(send, format), `todos.${format}`);
      notices.say(more.exported);
    } catch (error) {
      notices.show(texts.failed(reasonFor(error)), { tone: "bad" });
    }
  };
}
