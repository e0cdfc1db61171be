import { useComputed } from "@preact/signals";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "./Icon.tsx";
import { isOnline } from "./network.ts";

/** Whether everything is saved, and if not, why. */
export function StatusBar() {
  const { store, sender, reader } = useApp();
  const { status, retry } = messages.value;
  const unsent = store.outbox.value.filter((entry) => !entry.theirs).length;
  const isOffline = useComputed(
    () => !isOnline.value || sender.state.value === "offline" || reader.state.value === "offline",
  ).value;
  const isRetrying = sender.state.value === "retrying";
  const isFailed = reader.state.value === "failed";
  const tryAgain = () => {
    sender.wake();
    void reader.read();
  };

  const [kind, text, more] = isOffline
    ? ["offline", status.offline, status.offlineText(unsent)]
    : isRetrying
      ? ["retrying", status.retrying, status.unsent(unsent)]
      : isFailed
        ? ["failed", status.readFailed, ""]
        : unsent > 0
          ? ["saving", status.saving, ""]
          : ["saved", status.saved, ""];
  const isBad = isOffline || isRetrying || isFailed;

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
          {retry}
        </button>
      )}
    </div>
  );
}
