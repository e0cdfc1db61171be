import { messages } from "../i18n/language.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import type { View } from "./views.ts";

const ICONS: Record<View | "found", IconName> = {
  open: "check",
  today: "sun",
  overdue: "check",
  upcoming: "calendar",
  done: "list",
  all: "list",
  trash: "trash",
  found: "search",
};

export function EmptyList({ view }: { readonly view: View | "found" }) {
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
