import { useId } from "preact/hooks";

import { firstWeekday } from "../i18n/format.ts";
import { messages } from "../i18n/language.ts";
import { today } from "../ui/clock.ts";
import { addDays, isDay, LAST_DAY, nextWeekday } from "./dates.ts";
import type { Draft } from "./draft.ts";
import { LabelField } from "./LabelField.tsx";

interface Props {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** What lies in the trash is looked at, not changed. */
  readonly isLocked: boolean;
}

export function SheetFields({ draft, onChange, isLocked }: Props) {
  const id = useId();
  const { sheet } = messages.value;
  return (
    <fieldset class="sheet-fields" disabled={isLocked}>
      <legend class="visually-hidden">{sheet.label}</legend>
      <div class="field">
        <label for={`${id}-title`}>{sheet.title}</label>
        <input
          id={`${id}-title`}
          type="text"
          class="sheet-title"
          dir="auto"
          maxLength={200}
          autocomplete="off"
          data-autofocus
          value={draft.title}
          onInput={(event) => onChange({ title: event.currentTarget.value })}
        />
      </div>
      <label class="done-field">
        <input
          type="checkbox"
          class="check"
          checked={draft.completed}
          onChange={(event) => onChange({ completed: event.currentTarget.checked })}
        />
        {sheet.completed}
      </label>
      <DueField draft={draft} onChange={onChange} />
      <PriorityField draft={draft} onChange={onChange} />
      <LabelField labels={draft.labels} onChange={(labels) => onChange({ labels })} />
      <TextField
        label={sheet.description}
        most={4000}
        value={draft.description}
        onInput={(description) => onChange({ description })}
      />
      <TextField
        label={sheet.notes}
        most={10_000}
        value={draft.notes}
        onInput={(notes) => onChange({ notes })}
      />
    </fieldset>
  );
}

type PartProps = Pick<Props, "draft" | "onChange">;

function DueField({ draft, onChange }: PartProps) {
  const id = useId();
  const { sheet } = messages.value;
  const choices = [
    [sheet.today, today.value],
    [sheet.tomorrow, addDays(today.value, 1)],
    [sheet.nextWeek, nextWeekday(today.value, firstWeekday())],
    [sheet.noDate, null],
  ] as const;
  return (
    <div class="field">
      <label for={id}>{sheet.dueDate}</label>
      <div class="choices">
        <input
          id={id}
          type="date"
          max={LAST_DAY}
          value={draft.dueDate ?? ""}
          onInput={({ currentTarget: { value } }) => {
            if (value === "" || isDay(value)) onChange({ dueDate: value || null });
          }}
        />
        {choices.map(([name, day]) => (
          <button
            key={name}
            type="button"
            class="button small"
            aria-pressed={draft.dueDate === day}
            onClick={() => onChange({ dueDate: day })}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}

function PriorityField({ draft, onChange }: PartProps) {
  const name = useId();
  const { priority, priorities } = messages.value;
  return (
    <fieldset class="field segments">
      <legend>{priority}</legend>
      <div class="segment-row">
        {priorities.map((text, level) => (
          <label key={text} data-level={level}>
            <input
              type="radio"
              name={name}
              value={level}
              checked={draft.priority === level}
              onChange={() => onChange({ priority: level })}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface TextProps {
  readonly label: string;
  readonly most: number;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function TextField({ label, most, value, onInput }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={3}
        dir="auto"
        maxLength={most}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
