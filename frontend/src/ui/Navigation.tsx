import { useApp } from "../app.ts";
import { formatNumber } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { listAddress, route } from "../router.ts";
import { count, labelsOf, VIEWS, type View } from "../todos/views.ts";
import { today } from "./clock.ts";
import { Icon, type IconName } from "./Icon.tsx";

const ICONS: Record<View, IconName> = {
  open: "inbox",
  today: "sun",
  overdue: "alarm",
  upcoming: "calendar",
  done: "check",
  all: "list",
  trash: "trash",
};

const MOST_LABELS = 20;

export function Navigation({ onHelp }: { readonly onHelp: () => void }) {
  const { store, session } = useApp();
  const t = messages.value;
  const counts = count(store.todos.value.values(), today.value);
  const labels = labelsOf(store.todos.value.values()).slice(0, MOST_LABELS);
  const current = route.value;
  const query = current.kind === "list" ? current.query : undefined;
  const state = session.state.value;

  return (
    <div class="side-bar">
      <nav aria-label={t.nav.views}>
        <ul>
          {VIEWS.map((view) => (
            <li key={view}>
              <a
                href={listAddress({ view, ...(query && { sort: query.sort }) })}
                aria-current={query?.view === view ? "page" : undefined}
                data-view={view}
              >
                <Icon name={ICONS[view]} />
                <span>{t.views[view]}</span>
                {counts[view] > 0 && <span class="count">{formatNumber(counts[view])}</span>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {labels.length > 0 && (
        <nav aria-labelledby="labels-title">
          <h2 id="labels-title">{t.nav.labels}</h2>
          <ul>
            {labels.map((label) => (
              <li key={label}>
                <a
                  href={listAddress({ view: "all", label })}
                  aria-current={query?.label === label ? "page" : undefined}
                >
                  <Icon name="tag" />
                  <span>{label}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <nav class="side-foot" aria-label={t.nav.account}>
        <button type="button" class="side-button" onClick={onHelp}>
          <Icon name="keyboard" />
          <span>{t.keys.title}</span>
        </button>
        <a href="/account" aria-current={current.kind === "account" ? "page" : undefined}>
          <Icon name="person" />
          <span>
            {t.nav.account}
            {state.kind !== "signed-out" && <small>{state.user.email}</small>}
          </span>
        </a>
      </nav>
    </div>
  );
}
