import { useEffect, useRef } from "preact/hooks";

import { preferences } from "./preferences.ts";

export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Single keys act only when nobody is typing and no dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const act = current.current[event.key];
      if (act === undefined || isIgnored(event)) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** WCAG 2.1.4; Escape is no character. A key that is held acts once, unless it goes through a list. */
function isIgnored({ key, repeat }: KeyboardEvent): boolean {
  return (repeat && !"jk".includes(key)) || (key.length === 1 && !preferences.peek().shortcuts);
}

/** Out of a field, so that single keys act again; what was typed stays. */
export function leaveOnEscape(event: KeyboardEvent): void {
  if (event.key === "Escape" && !event.isComposing) (event.currentTarget as HTMLElement).blur();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}
