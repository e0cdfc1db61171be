import { messages } from "../i18n/language.ts";
import { StorageRefused } from "../offline/database.ts";

interface Props {
  readonly cause: unknown;
  readonly isRunning?: boolean;
}

/** What is left to show when the application cannot start, or cannot go on. */
export function Broken({ cause, isRunning = false }: Props) {
  const { broken, retry } = messages.value;
  const notStarted = cause instanceof StorageRefused ? broken.noStorage : broken.text;
  return (
    <main class="plain-page">
      <h1>{isRunning ? broken.stopped : broken.title}</h1>
      <p>{isRunning ? broken.stoppedText : notStarted}</p>
      <button class="button primary" type="button" onClick={() => location.reload()}>
        {retry}
      </button>
    </main>
  );
}
