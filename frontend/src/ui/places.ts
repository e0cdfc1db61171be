import { signal } from "@preact/signals";
import { useId, useLayoutEffect } from "preact/hooks";

/** The page's own place, beneath all dialogs. */
export const PAGE = "page";

/** Where something can be reached: on the page, or in the dialog opened last. */
const places = signal<readonly string[]>([PAGE]);

/** Whether nothing lies above this place; what is beneath a modal dialog cannot be reached. */
export function isOnTop(place: string): boolean {
  return places.value.at(-1) === place;
}

/** A place of its own for as long as the component is there. */
export function usePlace(): string {
  const place = useId();
  useLayoutEffect(() => {
    places.value = [...places.peek(), place];
    return () => {
      places.value = places.peek().filter((other) => other !== place);
    };
  }, [place]);
  return place;
}
