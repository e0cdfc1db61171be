import { useApp } from "../app.ts";

/**
 * What a screen reader says of things that happen. Each dialog has one too: while it is open, the
 * page beneath it is silent.
 */
export function LiveRegion() {
  const { notices } = useApp();
  return (
    <div class="visually-hidden" role="status">
      {notices.spoken.value}
    </div>
  );
}
