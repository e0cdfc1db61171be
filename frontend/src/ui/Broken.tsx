import { messages } from "../i18n/language.ts";

/** What is left to show when the application cannot start. */
export function Broken() {
  const { broken, retry } = messages.value;
  return (
    <main class="plain-page">
      <h1>{broken.title}</h1>
      <p>{broken.text}</p>
      <button class="button primary" type="button" onClick={() => location.reload()}>
        {retry}
      </button>
    </main>
  );
}
