/**
 * Dragging a row by its handle, with mouse, pen or finger. Rows are moved by the style sheet's
 * `--shift`, set through the CSSOM, which the content security policy allows.
 */
export function useDrag(onDrop: (index: number) => void) {
  return (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    const row = handle.closest<HTMLElement>("[data-todo]");
    const list = row?.parentElement;
    if (event.button !== 0 || !row || !list) return;
    handle.setPointerCapture(event.pointerId);
    follow(handle, row, list, event.clientY, onDrop);
  };
}

const THRESHOLD_PX = 4;

function follow(
  handle: HTMLElement,
  row: HTMLElement,
  list: HTMLElement,
  startY: number,
  onDrop: (index: number) => void,
): void {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-todo]")];
  const centres = rows.map((one) => one.offsetTop + one.offsetHeight / 2);
  const from = rows.indexOf(row);
  const startScroll = scrollY;
  let to = from;
  const stopping = new AbortController();

  const onMove = (event: PointerEvent) => {
    const shift = event.clientY - startY + scrollY - startScroll;
    if (Math.abs(shift) < THRESHOLD_PX && row.dataset["dragging"] === undefined) return;
    row.dataset["dragging"] = "";
    row.style.setProperty("--shift", `${shift}px`);
    to = placeFor((centres[from] ?? 0) + shift, centres, from);
    rows.forEach((one, i) => {
      if (one !== row)
        one.style.setProperty("--shift", `${shiftOf(i, from, to) * row.offsetHeight}px`);
    });
    scrollNear(event.clientY);
  };
  const finish = (drop: boolean) => {
    stopping.abort();
    const wasDragged = row.dataset["dragging"] !== undefined;
    delete row.dataset["dragging"];
    for (const one of rows) one.style.removeProperty("--shift");
    if (wasDragged) swallowClick(handle);
    if (drop && to !== from) onDrop(to);
  };

  const { signal } = stopping;
  handle.addEventListener("pointermove", onMove, { signal });
  handle.addEventListener("pointerup", () => finish(true), { signal });
  handle.addEventListener("pointercancel", () => finish(false), { signal });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") finish(false);
  };
  document.addEventListener("keydown", onKeyDown, { signal });
}

/** Letting go of a dragged handle is no click on it. */
function swallowClick(handle: HTMLElement): void {
  const swallow = (event: Event) => event.stopImmediatePropagation();
  handle.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => handle.removeEventListener("click", swallow, { capture: true }));
}

/** The place in the list for a row whose middle is at `y`. */
export function placeFor(y: number, centres: readonly number[], from: number): number {
  return centres.filter((centre, i) => i !== from && centre < y).length;
}

/** Rows between the old and the new place make room: one up, or one down. */
export function shiftOf(index: number, from: number, to: number): -1 | 0 | 1 {
  if (from < index && index <= to) return -1;
  if (to <= index && index < from) return 1;
  return 0;
}

const EDGE_PX = 60;

function scrollNear(y: number): void {
  if (y < EDGE_PX) scrollBy(0, -12);
  else if (y > innerHeight - EDGE_PX) scrollBy(0, 12);
}
