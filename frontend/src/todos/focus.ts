import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** The parts of a row that can have the focus, as `data-part` names them. */
export type RowPart = "title" | "check" | "edit" | "trash" | "restore" | "handle" | "select";

const rows = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>("[data-todo]")];

export function focusRow(row: HTMLElement | undefined, part: RowPart = "title"): void {
  const target =
    row?.querySelector<HTMLElement>(`[data-part=${part}]`) ??
    row?.querySelector<HTMLElement>("[data-part=title]");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

/** The row the focus is in. */
export function focusedRow(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>("[data-todo]") ?? undefined;
}

/** Go `step` rows on from the one with the focus, or to the first one. */
export function stepRow(list: HTMLElement, step: number): void {
  const all = rows(list);
  const current = focusedRow();
  const index = current ? all.indexOf(current) + step : 0;
  focusRow(all[Math.min(Math.max(index, 0), all.length - 1)]);
}

/** When the row with the focus goes away, the one that takes its place gets it. */
export function useKeptFocus(list: RefObject<HTMLElement | null>): void {
  const last = useRef<{ index: number; part: RowPart } | undefined>(undefined);

  useEffect(() => {
    const remember = (event: FocusEvent) => {
      const row = (event.target as Element).closest?.<HTMLElement>("[data-todo]");
      if (!row || !list.current?.contains(row)) {
        last.current = undefined;
        return;
      }
      const part = (event.target as HTMLElement).dataset["part"] as RowPart | undefined;
      last.current = { index: rows(list.current).indexOf(row), part: part ?? "title" };
    };
    // What gets the focus so gets the key, too, that is still held.
    const actOnce = (event: KeyboardEvent) => {
      const isHeld = event.repeat && event.key === "Enter";
      if (isHeld && list.current?.contains(event.target as Node)) event.preventDefault();
    };
    document.addEventListener("focusin", remember);
    document.addEventListener("keydown", actOnce);
    return () => {
      document.removeEventListener("focusin", remember);
      document.removeEventListener("keydown", actOnce);
    };
  }, [list]);

  useLayoutEffect(() => {
    if (last.current === undefined || list.current === null) return;
    if (document.activeElement !== document.body) return;
    const all = rows(list.current);
    focusRow(all[Math.min(last.current.index, all.length - 1)], last.current.part);
  });
}
