import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { navigate, route } from "../router.ts";
import { ConflictDialog } from "../todos/ConflictDialog.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Icon } from "./Icon.tsx";
import { Navigation } from "./Navigation.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { useShortcuts } from "./shortcuts.ts";

/** The frame around every page of somebody who is signed in. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const [showsHelp, setShowsHelp] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const t = messages.value;
  const address = route.value;
  useEffect(() => setMenuOpen(false), [address]);
  useGlobalKeys(() => setShowsHelp(true));

  return (
    <div class="shell" data-menu={isMenuOpen ? "open" : "closed"}>
      <a class="skip-link" href="#main">
        {t.skip}
      </a>
      <header class="top-bar">
        <button
          type="button"
          class="icon-button menu-button"
          aria-label={t.nav.menu}
          aria-expanded={isMenuOpen}
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
        </button>
        <a class="brand" href="/open">
          <span class="mark">
            <Icon name="check" />
          </span>
          {t.product}
        </a>
        <StatusBar />
      </header>
      <Navigation onHelp={() => setShowsHelp(true)} />
      <main id="main" class="main" tabIndex={-1}>
        {children}
      </main>
      {showsHelp && <HelpDialog onClose={() => setShowsHelp(false)} />}
      <ConflictDialog />
    </div>
  );
}

function useGlobalKeys(showHelp: () => void): void {
  const { actions, notices } = useApp();
  const focus = (selector: string) => {
    const field = document.querySelector<HTMLElement>(selector);
    field?.focus();
    return field !== null;
  };
  useShortcuts({
    n: () => {
      // At once where it is: the next letter may come before any timer.
      if (focus("[data-quick-add]")) return;
      navigate("/open");
      setTimeout(() => focus("[data-quick-add]"));
    },
    "/": () => void focus("[data-search]"),
    u: () => actions.undo(),
    "?": showHelp,
    Escape: () => notices.pass(),
  });
}
