import { useApp } from "../app.ts";

/** What a screen reader says of things that happen. */
export function LiveRegion() {
  const { notices } = useApp();
  return (
    <div class="visually-hidden" role="status">
      {notices.spoken.value}
    </div>
  );
}
