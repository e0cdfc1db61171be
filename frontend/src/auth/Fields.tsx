import { useId, useState } from "preact/hooks";

import { messages } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { RULE_NAMES, RULES } from "./password.ts";

interface FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly focused?: boolean;
}

export function EmailField({ value, onInput, focused }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{messages.value.auth.email}</label>
      <input
        id={id}
        type="email"
        name="email"
        autocomplete="username"
        required
        data-autofocus={focused}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

/** Whose password it is, for password managers: the form asks for nothing but that. */
export function KnownEmail({ value }: { readonly value: string }) {
  return <input type="email" name="email" autocomplete="username" value={value} readOnly hidden />;
}

export function CodeField({ value, onInput, focused }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{messages.value.auth.code}</label>
      <input
        id={id}
        class="code"
        type="text"
        name="code"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxLength={10}
        required
        data-autofocus={focused}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

interface PasswordProps extends FieldProps {
  readonly label: string;
  /** A new password is held to the rules while it is typed. */
  readonly isNew?: boolean;
}

export function PasswordField({ value, onInput, focused, label, isNew = false }: PasswordProps) {
  const [isShown, show] = useState(false);
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          id={id}
          {...(isShown ? { type: "text" } : { type: "password" })}
          name={isNew ? "new-password" : "password"}
          autocomplete={isNew ? "new-password" : "current-password"}
          required
          data-autofocus={focused}
          aria-describedby={isNew ? `${id}-rules` : undefined}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-pressed={isShown}
          aria-label={messages.value.auth.showPassword}
          onClick={() => show(!isShown)}
        >
          <Icon name="eye" />
        </button>
      </div>
      {isNew && <Rules id={`${id}-rules`} password={value} />}
    </div>
  );
}

function Rules({ id, password }: { readonly id: string; readonly password: string }) {
  const { rule } = messages.value.auth;
  return (
    <ul id={id} class="rules">
      {RULE_NAMES.map((name) => (
        <li key={name} data-met={RULES[name](password)}>
          <Icon name="check" />
          {rule[name]}
        </li>
      ))}
    </ul>
  );
}
