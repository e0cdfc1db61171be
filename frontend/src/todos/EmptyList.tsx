import { messages } from "../i18n/language.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import type { View } from "./views.ts";

type Empty = View | "found" | "unread";

const ICONS: Record<Empty, IconName> = {
  open: "check",
  today: "sun",
  overdue: "check",
  upcoming: "calendar",
  done: "list",
  all: "list",
  trash: "trash",
  found: "search",
  unread: "cloudOff",
};

export function EmptyList({ view }: { readonly view: Empty }) {
  const { title, text } = messages.value.empty[view];
  return (
    <div class="empty" data-empty={view}>
      <span class="empty-mark">
        <Icon name={ICONS[view]} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
    </div>
  );
}
