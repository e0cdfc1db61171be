import { messages } from "../i18n/language.ts";
import { StorageRefused } from "../offline/database.ts";

/** What is left to show when the application cannot start. */
export function Broken({ cause }: { readonly cause: unknown }) {
  const { broken, retry } = messages.value;
  return (
    <main class="plain-page">
      <h1>{broken.title}</h1>
      <p>{cause instanceof StorageRefused ? broken.noStorage : broken.text}</p>
      <button class="button primary" type="button" onClick={() => location.reload()}>
        {retry}
      </button>
    </main>
  );
}
