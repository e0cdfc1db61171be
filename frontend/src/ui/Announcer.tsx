import { useEffect, useRef } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "./Icon.tsx";
import { LiveRegion } from "./LiveRegion.tsx";
import type { Notice } from "./notices.ts";
import { isOnTop } from "./places.ts";

const SHOWN_MS = 10_000;

/**
 * Says what has happened: to eyes at the foot of the page, to ears in a live region. Each dialog has
 * one too, as the page beneath it is silent and out of reach; the one on top shows the notices.
 */
export function Announcer({ place }: { readonly place: string }) {
  const { notices } = useApp();
  return (
    <>
      <LiveRegion />
      {isOnTop(place) && (
        <section class="notices" aria-label={messages.value.notices.region}>
          {notices.shown.value.map((notice) => (
            <NoticeBar key={notice.id} notice={notice} />
          ))}
        </section>
      )}
    </>
  );
}

/** Good news stays a while, or as long as somebody points at it; what must be known until it is closed. */
function NoticeBar({ notice }: { readonly notice: Notice }) {
  const { notices } = useApp();
  const bar = useRef<HTMLDivElement>(null);
  const close = () => notices.close(notice.id);

  useEffect(() => {
    if (notice.stays) return;
    const timer = setInterval(() => {
      if (!bar.current?.matches(":hover, :focus-within")) notices.close(notice.id);
    }, SHOWN_MS);
    return () => clearInterval(timer);
  }, [notice.id, notice.stays, notices]);

  const act = () => {
    close();
    notice.action?.run();
  };
  return (
    <div ref={bar} class={`notice ${notice.tone}`} data-notice>
      <p>{notice.text}</p>
      {notice.action && (
        <button type="button" class="notice-action" onClick={act}>
          {notice.action.label}
        </button>
      )}
      <button type="button" class="icon-button" aria-label={messages.value.close} onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}
