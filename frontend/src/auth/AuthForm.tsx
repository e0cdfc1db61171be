import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { describeAuthError } from "./errors.ts";

interface Props {
  readonly submit: string;
  /** What is wrong with the input, told before anything is sent. */
  readonly check?: () => string | undefined;
  readonly onSubmit: () => Promise<void>;
  readonly children: ComponentChildren;
}

/** A form with one thing to send: it waits, says what went wrong, and keeps what was typed. */
export function AuthForm({ submit, check, onSubmit, children }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const form = useRef<HTMLFormElement>(null);

  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>("[data-autofocus=true]")?.focus();
  }, []);

  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    const fault = check?.();
    setError(fault);
    if (fault !== undefined) return;
    setBusy(true);
    try {
      await onSubmit();
    } catch (reason) {
      setError(describeAuthError(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={form} class="auth-form" noValidate onSubmit={send}>
      {children}
      <p class="form-error" role="alert">
        {error}
      </p>
      <button type="submit" class="button primary wide" aria-disabled={isBusy} data-busy={isBusy}>
        {submit}
      </button>
    </form>
  );
}
