import { messages } from "../i18n/language.ts";

/** Rows as high as those to come, so that nothing moves when they do. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label={messages.value.loading}>
      {Array.from({ length: 6 }, (_, i) => (
        <span key={i} class="skeleton-row" />
      ))}
    </div>
  );
}
