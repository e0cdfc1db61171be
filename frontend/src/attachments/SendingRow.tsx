import { formatBytes } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { reasonFor } from "../todos/refusals.ts";
import { Icon } from "../ui/Icon.tsx";
import { MAX_BYTES, MAX_FILES } from "./limits.ts";
import { type Attachments, isInFlight, type Progress, type Sending } from "./store.ts";

interface Props {
  readonly sending: Sending;
  readonly store: Attachments;
}

/** A file on its way, or what became of it. */
export function SendingRow({ sending, store }: Props) {
  const { id, file, progress } = sending;
  const t = messages.value.files;
  const isOnItsWay = isInFlight(sending);
  const canRetry = progress.kind === "failed" || progress.kind === "cancelled";
  return (
    <li class="file sending" data-progress={progress.kind}>
      <Icon name="clip" />
      <span class="file-name">{file.name}</span>
      {isOnItsWay && <span class="small-text">{describe(progress)}</span>}
      <span class="small-text" role="alert">
        {!isOnItsWay && describe(progress)}
      </span>
      {canRetry && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.retry(file.name)}
          onClick={() => store.retry(id)}
        >
          <Icon name="restore" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={isOnItsWay ? t.cancel(file.name) : t.dismiss(file.name)}
        onClick={() => (isOnItsWay ? store.cancel(id) : store.dismiss(id))}
      >
        <Icon name="close" />
      </button>
      {isOnItsWay && (
        <progress
          aria-label={t.progress(file.name)}
          max={1}
          {...(progress.kind === "sending" && { value: progress.fraction })}
        />
      )}
    </li>
  );
}

function describe(progress: Progress): string {
  const t = messages.value.files;
  switch (progress.kind) {
    case "waiting":
    case "hashing":
      return t.hashing;
    case "sending":
      return t.uploading(Math.floor(progress.fraction * 100));
    case "finishing":
      return t.finishing;
    case "cancelled":
      return t.cancelled;
    case "failed":
      return reasonFor(progress.reason);
    case "refused":
      return {
        tooLarge: t.tooLarge(formatBytes(MAX_BYTES)),
        tooMany: t.tooMany(MAX_FILES),
        emptyFile: t.emptyFile,
        badName: t.badName,
        badType: t.badType,
        noRoom: t.noRoom,
      }[progress.fault];
  }
}
