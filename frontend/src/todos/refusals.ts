import { Refused, Unreachable } from "../api/client.ts";
import { Unreadable } from "../attachments/limits.ts";
import { SignedOut } from "../auth/session.ts";
import { messages } from "../i18n/language.ts";
import type { Notices } from "../ui/notices.ts";
import type { Entries, Entry } from "./outbox.ts";

/** Why something did not work, in the person's language, which the API's own words are not in. */
export function reasonFor(error: unknown): string {
  const { problems } = messages.value;
  if (error instanceof Unreachable) return problems["unreachable"] ?? "";
  if (error instanceof Unreadable) return problems["unreadable"] ?? "";
  const general = error instanceof Refused && error.status < 500 ? "refused" : "unexpected";
  return problems[error instanceof Refused ? error.type : general] ?? problems[general] ?? "";
}

/** Tells what did not work, unless there is nobody any more who wanted it. */
export function tellFailure(notices: Notices, error: unknown): void {
  if (error instanceof SignedOut) return;
  notices.show(messages.value.notices.failed(reasonFor(error)), { tone: "bad" });
}

/** Tells of refused changes in one notice, from which all of them can be tried again. */
export function createRefusals(notices: Notices, repeat: (entries: Entries) => void) {
  let refused: Entry[] = [];
  let lost: Entry[] = []; // these, and what was to happen to them
  let shown = 0;

  return (entry: Entry, reason: unknown, others: Entries) => {
    if (!notices.shown.value.some(({ id }) => id === shown)) refused = lost = [];
    notices.close(shown);
    refused = [...refused, entry];
    lost = [...lost, entry, ...others];
    const again = lost;
    shown = notices.show(describe(refused, reasonFor(reason)), {
      tone: "bad",
      action: { label: messages.value.retry, run: () => repeat(again) },
    });
  };
}

function describe(refused: Entries, reason: string): string {
  const { notices } = messages.value;
  if (refused.length > 1) return notices.refusedMany(refused.length, reason);
  const title = refused.map(titleOf).join();
  return title ? notices.refused(title, reason) : notices.failed(reason);
}

function titleOf({ change }: Entry): string {
  if (change.kind === "create") return change.todo.title;
  return change.kind === "patch" ? (change.patch.title ?? "") : "";
}
