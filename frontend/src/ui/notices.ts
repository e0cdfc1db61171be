import { type ReadonlySignal, signal } from "@preact/signals";

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "bad";
  /** Until it is closed, however long that takes. */
  readonly stays: boolean;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface Notices {
  /** Shown at the foot of the page until its time is over or it is closed. */
  readonly shown: ReadonlySignal<readonly Notice[]>;
  /** What a screen reader says next, politely. */
  readonly spoken: ReadonlySignal<string>;
  /** Bad news stays; other news does when told so. Gives what `close` takes. */
  show(text: string, options?: Partial<Pick<Notice, "tone" | "stays" | "action">>): number;
  say(text: string): void;
  close(id: number): void;
  /** What does not stay goes at once. */
  pass(): void;
  /** Nothing is left of anything: whoever it was for has signed out. */
  clear(): void;
}

const MOST = 3;

export function createNotices(): Notices {
  const shown = signal<readonly Notice[]>([]);
  const spoken = signal("");
  let lastId = 0;

  // The same words twice in a row are a change only if something differs.
  const say = (text: string) => {
    spoken.value = spoken.peek() === text ? `${text}\u00a0` : text;
  };

  return {
    shown,
    spoken,
    say,
    show(text, { tone = "plain", stays = tone === "bad", action } = {}) {
      lastId += 1;
      const notice = { id: lastId, text, tone, stays, ...(action && { action }) };
      shown.value = withinRoom([...shown.value, notice]);
      say(text);
      return lastId;
    },
    close(id) {
      shown.value = shown.value.filter((notice) => notice.id !== id);
    },
    pass() {
      shown.value = shown.value.filter((notice) => notice.stays);
    },
    clear() {
      shown.value = [];
      spoken.value = ""; // it names to-dos
    },
  };
}

/** What goes by itself makes room first; never what has a button that brings back what was lost. */
function withinRoom(notices: readonly Notice[]): readonly Notice[] {
  const lasting = notices.filter((notice) => notice.stays);
  const staying = lasting.filter((notice, i) => notice.action || i >= lasting.length - MOST);
  const passing = notices.filter((notice) => !notice.stays);
  const latest = passing.slice(-Math.max(1, MOST - staying.length));
  return notices.filter((notice) => staying.includes(notice) || latest.includes(notice));
}
