import type { ReadonlySignal } from "@preact/signals";

import type { Messages } from "../i18n/en.ts";
import type { Notices } from "../ui/notices.ts";

/** The ways back from what a person did, the latest last. */
export interface Undo {
  remember(back: () => void): void;
  /** Say what was done, with a button that takes it back. */
  tell(text: string, back: () => void): void;
  last(): void;
  forget(): void;
}

const MOST = 50;

export function createUndo(notices: Notices, messages: ReadonlySignal<Messages>): Undo {
  let ways: (() => void)[] = [];

  const take = (back: () => void) => {
    ways = ways.filter((other) => other !== back);
    back();
    notices.say(messages.value.notices.undone);
  };
  const remember = (back: () => void) => {
    ways = [...ways, back].slice(-MOST);
  };

  return {
    remember,
    tell(text, back) {
      remember(back);
      notices.show(text, { action: { label: messages.value.undo, run: () => take(back) } });
    },
    last() {
      const back = ways.at(-1);
      notices.pass();
      if (back === undefined) notices.show(messages.value.notices.nothingToUndo);
      else take(back);
    },
    forget() {
      ways = [];
    },
  };
}
