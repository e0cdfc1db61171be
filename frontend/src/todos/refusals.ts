import { Refused, Unreachable } from "../api/client.ts";
import { Unreadable } from "../attachments/limits.ts";
import { messages } from "../i18n/language.ts";
import type { Entry } from "./outbox.ts";

/** Why something did not work, in the person's language. */
export function reasonFor(error: unknown): string {
  const { problems } = messages.value;
  if (error instanceof Unreachable) return problems["unreachable"] ?? "";
  if (error instanceof Unreadable) return problems["unreadable"] ?? "";
  if (!(error instanceof Refused)) return problems["unexpected"] ?? "";
  return problems[error.type] ?? error.problem?.detail ?? problems["unexpected"] ?? "";
}

export function describeRefusal(entry: Entry, error: unknown): string {
  const { notices } = messages.value;
  const title = titleOf(entry);
  return title ? notices.refused(title, reasonFor(error)) : notices.failed(reasonFor(error));
}

function titleOf({ change }: Entry): string {
  if (change.kind === "create") return change.todo.title;
  return change.kind === "patch" ? (change.patch.title ?? "") : "";
}
