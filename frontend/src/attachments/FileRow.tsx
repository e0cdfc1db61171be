import { useState } from "preact/hooks";

import { type Attachment, fetchFile, locateFile } from "../api/files.ts";
import { useApp } from "../app.ts";
import { SignedOut } from "../auth/session.ts";
import { formatBytes } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { reasonFor } from "../todos/refusals.ts";
import { ConfirmDialog } from "../ui/Dialog.tsx";
import { saveAs } from "../ui/download.ts";
import { Icon } from "../ui/Icon.tsx";
import { isRasterImage } from "./limits.ts";
import { Preview } from "./Preview.tsx";
import type { Attachments } from "./store.ts";

interface Props {
  readonly file: Attachment;
  readonly store: Attachments;
}

export function FileRow({ file, store }: Props) {
  const { send, session, notices } = useApp();
  const [preview, setPreview] = useState<string>();
  const [isAsking, ask] = useState(false);
  const [isFetching, setFetching] = useState(false);
  const { files: t, notices: texts, cancel, loading } = messages.value;

  const orTell = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof SignedOut) return;
      notices.show(texts.failed(reasonFor(error)), { tone: "bad" });
    }
  };
  const download = async () => {
    if (isFetching) return;
    setFetching(true);
    notices.say(loading);
    const ended = session.ending();
    await orTell(async () => saveAs(await fetchFile(send, file, ended), file.name));
    setFetching(false);
  };
  const show = () => orTell(async () => setPreview(await locateFile(send, file, true)));
  const remove = () =>
    orTell(async () => {
      ask(false);
      await store.remove(file);
      notices.say(t.removed(file.name));
    });

  return (
    <li class="file">
      <Icon name="clip" />
      <span class="file-name">{file.name}</span>
      <span class="muted small-text">{formatBytes(file.size)}</span>
      {isRasterImage(file.contentType) && (
        <FileButton icon="eye" label={t.preview(file.name)} onClick={show} />
      )}
      <FileButton
        icon="download"
        label={t.download(file.name)}
        isBusy={isFetching}
        onClick={download}
      />
      <FileButton icon="trash" label={t.remove(file.name)} onClick={() => ask(true)} />
      {preview !== undefined && (
        <Preview name={file.name} address={preview} onClose={() => setPreview(undefined)} />
      )}
      {isAsking && (
        <ConfirmDialog
          title={t.removeTitle}
          text={t.removeText(file.name)}
          confirm={t.removeButton}
          cancel={cancel}
          onConfirm={remove}
          onCancel={() => ask(false)}
        />
      )}
    </li>
  );
}

interface ButtonProps {
  readonly icon: "eye" | "download" | "trash";
  readonly label: string;
  readonly isBusy?: boolean;
  readonly onClick: () => void;
}

function FileButton({ icon, label, isBusy = false, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-disabled={isBusy}
      data-busy={isBusy}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
