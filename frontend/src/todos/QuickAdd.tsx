import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { formatDue, formatLongDay } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { listAddress, navigate } from "../router.ts";
import { today } from "../ui/clock.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { leaveOnEscape } from "../ui/shortcuts.ts";
import { dateWords } from "./date-words.ts";
import { type Part, type Understood, understand } from "./quick-add.ts";
import { type Query, select } from "./views.ts";

const MAX_TITLE = 200;
const ICONS: Record<Part["kind"], IconName> = { due: "calendar", priority: "flag", label: "tag" };

/** One line for a whole to-do; what it is understood to mean shows before it is saved. */
export function QuickAdd({ query }: { readonly query: Query }) {
  const { actions, notices, line: text } = useApp();
  const literal = useSignal<ReadonlySet<string>>(new Set());
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const { quickAdd, notices: texts } = messages.value;
  useFirstFocus(input);
  const understood = understand(text.value, today.value, dateWords.value, literal.value);

  const add = (event: Event) => {
    event.preventDefault();
    if (understood.title === "") return;
    if ([...understood.title].length > MAX_TITLE) {
      notices.show(quickAdd.tooLong(MAX_TITLE), { tone: "bad" });
      return;
    }
    const added = actions.add(toTodo(understood, query));
    if (added === undefined) return;
    if (select([added], query, today.value).length === 0) tellWhere(added);
    text.value = "";
    literal.value = new Set();
    input.current?.focus();
  };
  /** It belongs to another view than the one that is seen. */
  const tellWhere = ({ id: todo, title }: Todo) => {
    const run = () => navigate(listAddress({ view: "open", todo }));
    notices.show(texts.added(title), { action: { label: texts.show, run } });
  };
  const takeLiterally = (part: Part) => {
    literal.value = new Set([...literal.value, part.text]);
    input.current?.focus();
  };

  return (
    <form class="quick-add" onSubmit={add}>
      <label class="visually-hidden" for={id}>
        {quickAdd.label}
      </label>
      <Icon name="plus" />
      <input
        ref={input}
        id={id}
        type="text"
        dir="auto"
        autocomplete="off"
        enterkeyhint="done"
        data-quick-add
        placeholder={quickAdd.placeholder}
        aria-describedby={`${id}-parts`}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={leaveOnEscape}
      />
      <button type="submit" class="button primary" aria-disabled={understood.title === ""}>
        {quickAdd.add}
      </button>
      <div id={`${id}-parts`} class="quick-parts" aria-live="polite">
        {understood.parts.length > 0 && <span class="visually-hidden">{quickAdd.understood}</span>}
        {understood.parts.map((part) => (
          <span key={part.kind + part.text} class={`chip ${part.kind}`} data-part={part.kind}>
            <Icon name={ICONS[part.kind]} />
            <PartText part={part} />
            <button
              type="button"
              aria-label={quickAdd.takeLiterally(part.text)}
              onClick={() => takeLiterally(part)}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
      </div>
    </form>
  );
}

let isFirst = true;

/** Somebody who has just come can write at once; on a touch screen the keyboard would hide the list. */
function useFirstFocus(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    if (isFirst && matchMedia("(pointer: fine)").matches) input.current?.focus();
    isFirst = false;
  }, [input]);
}

function PartText({ part }: { readonly part: Part }) {
  const { priorities } = messages.value;
  if (part.kind === "due") {
    return <span title={formatLongDay(part.value)}>{formatDue(part.value, today.value)}</span>;
  }
  return <span>{part.kind === "label" ? part.value : priorities[Number(part.value)]}</span>;
}

/** What is added in a view that shows one label or one day belongs to it, unless it says otherwise. */
function toTodo(understood: Understood, query: Query) {
  const { title, priority, labels } = understood;
  const dueDate = understood.dueDate ?? (query.view === "today" ? today.value : null);
  const all = query.label && !labels.includes(query.label) ? [...labels, query.label] : labels;
  return { title, priority, dueDate, labels: all.slice(0, 10) };
}
