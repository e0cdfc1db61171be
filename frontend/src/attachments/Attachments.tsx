import { useEffect, useRef, useState } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { formatBytes } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { reasonFor } from "../todos/refusals.ts";
import { Icon } from "../ui/Icon.tsx";
import { useDrop } from "./drop.ts";
import { FileRow } from "./FileRow.tsx";
import { MAX_BYTES, MAX_FILES } from "./limits.ts";
import { SendingRow } from "./SendingRow.tsx";
import type { Attachments as Store } from "./store.ts";

/** The files of a to-do, and the way to more of them. */
export function Attachments({ todo }: { readonly todo: Todo }) {
  const { attachmentsOf } = useApp();
  const store = attachmentsOf(todo.id);
  const isSaved = todo.version > 0;
  const t = messages.value.files;

  useEffect(() => {
    if (isSaved) void store.read();
  }, [store, isSaved]);

  return (
    <section class="attachments" aria-labelledby="attachments-title">
      <h3 id="attachments-title">{t.title}</h3>
      {isSaved ? (
        <Files store={store} isLocked={todo.deletedAt !== null} />
      ) : (
        <p class="muted">{t.saveFirst}</p>
      )}
    </section>
  );
}

function Files({ store, isLocked }: { readonly store: Store; readonly isLocked: boolean }) {
  const { retry } = messages.value;
  const failure = store.failure.value;
  const files = store.files.value ?? [];
  const sendings = store.sendings.value;
  return (
    <>
      {failure !== undefined && (
        <p class="form-error" role="alert">
          {messages.value.notices.failed(reasonFor(failure))}{" "}
          <button type="button" class="link" onClick={() => void store.read()}>
            {retry}
          </button>
        </p>
      )}
      {files.length + sendings.length > 0 && (
        <ul class="files">
          {files.map((file) => (
            <FileRow key={file.id} file={file} store={store} />
          ))}
          {sendings.map((sending) => (
            <SendingRow key={sending.id} sending={sending} store={store} />
          ))}
        </ul>
      )}
      {!isLocked && <Chooser store={store} />}
      <UsageMeter store={store} />
    </>
  );
}

function Chooser({ store }: { readonly store: Store }) {
  const input = useRef<HTMLInputElement>(null);
  const zone = useRef<HTMLDivElement>(null);
  const [isOver, setOver] = useState(false);
  useDrop(zone, (files) => store.add(files), setOver);
  const t = messages.value.files;

  const onChosen = () => {
    store.add(input.current?.files ?? []);
    if (input.current) input.current.value = ""; // the same file may be chosen again
  };
  return (
    <div ref={zone} class="drop-zone" data-over={isOver}>
      <input ref={input} type="file" multiple hidden onChange={onChosen} />
      <button type="button" class="button small" onClick={() => input.current?.click()}>
        <Icon name="clip" />
        {t.choose}
      </button>
      <span>{t.drop}</span>
      <small class="muted">{t.limits(formatBytes(MAX_BYTES), MAX_FILES)}</small>
    </div>
  );
}

function UsageMeter({ store }: { readonly store: Store }) {
  const t = messages.value.files;
  const usage = store.usage.value;
  if (usage === undefined) return <p class="usage muted small-text">&nbsp;</p>;
  return (
    <div class="usage muted small-text">
      <meter
        min={0}
        max={usage.limitBytes}
        high={usage.limitBytes * 0.9}
        value={usage.bytes}
        aria-label={t.usageLabel}
      />
      {t.usage(formatBytes(usage.bytes), formatBytes(usage.limitBytes))}
    </div>
  );
}
