import { messages } from "../i18n/language.ts";
import { HOME } from "../router.ts";
import { useTitle } from "./title.ts";

export function NotFound() {
  const { notFound } = messages.value;
  useTitle(notFound.title);
  return (
    <main class="plain-page">
      <h1>{notFound.title}</h1>
      <p>{notFound.text}</p>
      <a class="button primary" href={HOME}>
        {notFound.home}
      </a>
    </main>
  );
}
