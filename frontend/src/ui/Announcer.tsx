import { useEffect, useRef } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "./Icon.tsx";
import { LiveRegion } from "./LiveRegion.tsx";
import type { Notice } from "./notices.ts";

const SHOWN_MS = 10_000;

/** Says what has happened: to eyes at the foot of the page, to ears in a live region. */
export function Announcer() {
  const { notices } = useApp();
  return (
    <>
      <LiveRegion />
      <section class="notices" aria-label={messages.value.notices.region}>
        {notices.shown.value.map((notice) => (
          <NoticeBar key={notice.id} notice={notice} />
        ))}
      </section>
    </>
  );
}

/** Bad news stays until it is closed; good news as long as somebody points at it, or a while. */
function NoticeBar({ notice }: { readonly notice: Notice }) {
  const { notices } = useApp();
  const bar = useRef<HTMLDivElement>(null);
  const close = () => notices.close(notice.id);

  useEffect(() => {
    if (notice.tone === "bad") return;
    const timer = setInterval(() => {
      if (!bar.current?.matches(":hover, :focus-within")) notices.close(notice.id);
    }, SHOWN_MS);
    return () => clearInterval(timer);
  }, [notice.id, notice.tone, notices]);

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
