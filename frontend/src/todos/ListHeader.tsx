import { useRef } from "preact/hooks";

import { messages } from "../i18n/language.ts";
import { listAddress, navigate } from "../router.ts";
import { Icon } from "../ui/Icon.tsx";
import { leaveOnEscape } from "../ui/shortcuts.ts";
import { MoreMenu } from "./MoreMenu.tsx";
import type { Selection } from "./selection.ts";
import { type Query, SORTS } from "./views.ts";

interface Props {
  readonly query: Query;
  readonly count: number;
  readonly selection: Selection;
}

export function ListHeader({ query, count, selection }: Props) {
  const t = messages.value;
  const isSearching = query.q !== "" || query.label !== "";
  const counted = isSearching ? t.found(count) : t.left(count);
  return (
    <header class="list-header">
      <div class="list-title">
        <h1 tabIndex={-1} data-heading>
          {t.views[query.view]}
        </h1>
        <p class="muted" role="status" data-count>
          {isSearching || query.view === "open" ? counted : ""}
        </p>
      </div>
      <div class="list-tools">
        <SearchField query={query} />
        {query.view !== "trash" && <SortField query={query} />}
        <button
          type="button"
          class="icon-button"
          aria-label={t.bulk.select}
          title={t.bulk.select}
          aria-pressed={selection.active.value}
          onClick={() => (selection.active.value ? selection.stop() : selection.start())}
        >
          <Icon name="select" />
        </button>
        <MoreMenu view={query.view} />
      </div>
      {query.label !== "" && (
        <p class="filters">
          <span class="chip label">
            <Icon name="tag" />
            <span>{t.filteredBy(query.label)}</span>
            <a href={listAddress({ ...query, label: "" })} aria-label={t.removeFilter(query.label)}>
              <Icon name="close" />
            </a>
          </span>
        </p>
      )}
      {query.view === "trash" && <p class="hint">{t.trashHint}</p>}
    </header>
  );
}

/** Finds while one types; the address says what for, without an entry in the history each letter. */
function SearchField({ query }: { readonly query: Query }) {
  const t = messages.value;
  const input = useRef<HTMLInputElement>(null);
  const search = (q: string) => navigate(listAddress({ ...query, q }), { replace: true });
  const clear = () => {
    search("");
    input.current?.focus();
  };
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        inputmode="search"
        enterkeyhint="search"
        autocomplete="off"
        maxLength={200}
        aria-label={t.search}
        placeholder={t.search}
        data-search
        value={query.q}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && query.q !== "") search("");
          else leaveOnEscape(event);
        }}
      />
      {query.q !== "" && (
        <button type="button" class="icon-button" aria-label={t.clearSearch} onClick={clear}>
          <Icon name="close" />
        </button>
      )}
    </search>
  );
}

function SortField({ query }: { readonly query: Query }) {
  const t = messages.value;
  return (
    <select
      class="sort"
      aria-label={t.sortBy}
      value={query.sort}
      onChange={(event) => {
        const sort = SORTS.find((known) => known === event.currentTarget.value);
        if (sort) navigate(listAddress({ ...query, sort }), { replace: true });
      }}
    >
      {SORTS.map((sort) => (
        <option key={sort} value={sort}>
          {t.sorts[sort]}
        </option>
      ))}
    </select>
  );
}
