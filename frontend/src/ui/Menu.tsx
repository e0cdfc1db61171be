import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Icon, type IconName } from "./Icon.tsx";

interface Props {
  readonly label: string;
  readonly icon: IconName;
  /** What else the button is for. */
  readonly button?: ButtonHTMLAttributes<HTMLButtonElement> & { readonly "data-part"?: string };
  readonly children: ComponentChildren;
}

/** A button that opens a list of further buttons; Escape and a click elsewhere close it. */
export function Menu({ label, icon, button: more, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // Before it is painted: who sees it can press Escape.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const listening = new AbortController();
    const { signal } = listening;
    const back = () => {
      setOpen(false);
      button.current?.focus();
    };
    const onOutside = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // it means this menu, and nothing else
      back();
    };
    document.addEventListener("pointerdown", onOutside, { signal });
    document.addEventListener("focusin", onOutside, { signal });
    document.addEventListener("keydown", onKeyDown, { signal, capture: true });
    list.current?.addEventListener("click", back, { signal });
    return () => listening.abort();
  }, [isOpen]);

  return (
    <div ref={menu} class="menu">
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        {...more}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <div ref={list} class="menu-list">
          {children}
        </div>
      )}
    </div>
  );
}
