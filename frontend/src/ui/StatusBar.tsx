import { useComputed } from "@preact/signals";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { sendable } from "../todos/outbox.ts";
import { Icon } from "./Icon.tsx";
import { isOnline } from "./network.ts";

/** Whether everything is saved, and if not, why. */
export function StatusBar() {
  const { sender, reader } = useApp();
  const { kind, text, more } = useSituation();
  const isBad = ["offline", "retrying", "failed"].includes(kind);
  const tryAgain = () => {
    sender.wake();
    void reader.read();
  };

  // One region for all states: a screen reader says what changes in it, not what comes with it.
  return (
    <div class={isBad ? "status alarm" : "status"} data-status={kind}>
      <p role="status">
        {isBad && <Icon name="cloudOff" />}
        <span>{text}</span>
        {more && <span class="status-more">{more}</span>}
      </p>
      {isBad && (
        <button type="button" class="button small" onClick={tryAgain}>
          {messages.value.retry}
        </button>
      )}
    </div>
  );
}

interface Situation {
  readonly kind: string;
  readonly text: string;
  readonly more?: string;
}

function useSituation(): Situation {
  const { store, sender, reader } = useApp();
  const { status } = messages.value;
  const unsent = sendable(store.outbox.value).length;
  const isOffline = useComputed(
    () => !isOnline.value || sender.state.value === "offline" || reader.state.value === "offline",
  ).value;

  if (isOffline) return { kind: "offline", text: status.offline, more: status.offlineText(unsent) };
  if (sender.state.value === "retrying") {
    return { kind: "retrying", text: status.retrying, more: status.unsent(unsent) };
  }
  if (reader.state.value === "failed") return { kind: "failed", text: status.readFailed };
  if (unsent > 0) return { kind: "saving", text: status.saving };
  const isUndecided = store.outbox.value.length > 0;
  if (isUndecided) return { kind: "undecided", text: status.undecided };
  return { kind: "saved", text: status.saved };
}
