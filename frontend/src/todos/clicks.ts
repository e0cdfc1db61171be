import { navigate, route } from "../router.ts";

/** The second click of a double one does nothing: another row may have come under it. */
export function once(act: () => void = () => {}): (event: MouseEvent) => void {
  return (event) => {
    if (event.detail > 1) event.preventDefault();
    else act();
  };
}

const DOUBLE_CLICK_MS = 250;

let opening: ReturnType<typeof setTimeout> | undefined;

/**
 * A double click edits a title, so a single click of the mouse waits whether another one follows.
 * Fingers, pens and the Enter key open at once.
 */
export function openOnSingleClick(event: MouseEvent): void {
  const isMouse = event instanceof PointerEvent && event.pointerType === "mouse";
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!isMouse || !isPlain || event.detail === 0) return;
  event.preventDefault();
  clearTimeout(opening);
  const { href } = event.currentTarget as HTMLAnchorElement;
  const from = route.value;
  const open = () => {
    if (route.value === from) navigate(href); // otherwise somebody has gone elsewhere since
  };
  if (event.detail === 1) opening = setTimeout(open, DOUBLE_CLICK_MS);
}
