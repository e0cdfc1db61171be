import { useId, useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { lineOf } from "./line.ts";
import { labelsOf } from "./views.ts";

interface Props {
  readonly labels: readonly string[];
  readonly onChange: (labels: readonly string[]) => void;
}

const MOST = 10;

export function LabelField({ labels, onChange }: Props) {
  const { store } = useApp();
  const [text, setText] = useState("");
  const id = useId();
  const { sheet } = messages.value;
  const isFull = labels.length >= MOST;

  const add = () => {
    const label = lineOf(text).replace(/^#/, "");
    setText("");
    if (label !== "" && !labels.includes(label) && !isFull) onChange([...labels, label]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if ((event.key === "Enter" && text !== "") || event.key === ",") {
      event.preventDefault();
      add();
    }
    if (event.key === "Backspace" && text === "") onChange(labels.slice(0, -1));
  };

  return (
    <div class="field">
      <label for={id}>{sheet.labels}</label>
      <div class="label-field">
        {labels.map((label) => (
          <span key={label} class="chip label">
            <span>{label}</span>
            <button
              type="button"
              aria-label={sheet.removeLabel(label)}
              onClick={() => onChange(labels.filter((other) => other !== label))}
            >
              <Icon name="close" />
            </button>
          </span>
        ))}
        <input
          id={id}
          type="text"
          list={`${id}-known`}
          maxLength={40}
          autocomplete="off"
          enterkeyhint="done"
          placeholder={sheet.addLabel}
          aria-describedby={`${id}-hint`}
          readOnly={isFull} // disabled it would lose the focus
          aria-disabled={isFull}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={add}
        />
        <datalist id={`${id}-known`}>
          {labelsOf(store.todos.value.values())
            .filter((label) => !labels.includes(label))
            .map((label) => (
              <option key={label} value={label} />
            ))}
        </datalist>
      </div>
      <p id={`${id}-hint`} class="muted small-text">
        {isFull ? sheet.tooManyLabels : sheet.labelsHint}
      </p>
    </div>
  );
}
