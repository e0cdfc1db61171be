import { useEffect, useRef } from "preact/hooks";

import { messages } from "../i18n/language.ts";

/** The window's title is the first thing a screen reader says of a page. */
export function useTitle(title: string): void {
  const { product } = messages.value;
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title, product]);
}

/** On a new page the focus goes on from its heading; `page` tells one page from another. */
export function useHeadingFocus(page: string): void {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    document.querySelector<HTMLElement>("[data-heading]")?.focus();
  }, [page]);
}
