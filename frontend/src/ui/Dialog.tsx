import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

import { Announcer } from "./Announcer.tsx";
import { usePlace } from "./places.ts";

interface Props {
  readonly title: string;
  /** Escape, or a click beside the dialog. Without it only the dialog's own buttons close it. */
  readonly onClose?: () => void;
  readonly kind?: "box" | "sheet" | "picture";
  readonly children: ComponentChildren;
}

/** A modal dialog of the browser's own: it keeps the focus inside and gives it back at the end. */
export function Dialog({ title, onClose, kind = "box", children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const place = usePlace();

  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    if (element) show(element);
    return () => {
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  const cancel = (event: Event) => {
    if (event.target !== dialog.current) return; // a file chooser that was cancelled
    event.preventDefault();
    onClose?.();
  };
  /** To one Escape after another the browser gives in without asking; only its owner closes it. */
  const reopen = () => {
    if (!dialog.current?.isConnected) return;
    show(dialog.current);
    onClose?.();
  };
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose?.();
  };

  return (
    <dialog
      ref={dialog}
      class={`dialog ${kind}`}
      aria-labelledby={titleId}
      onCancel={cancel}
      onClose={reopen}
      onMouseDown={onBackdrop}
    >
      <div class="dialog-content">
        <h2 id={titleId} class="dialog-title" tabIndex={-1} data-heading>
          {title}
        </h2>
        {children}
      </div>
      <Announcer place={place} />
    </dialog>
  );
}

function show(dialog: HTMLDialogElement): void {
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-autofocus=true]")?.focus();
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function ConfirmDialog({ title, text, confirm, cancel, onConfirm, onCancel }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onCancel}>
      <p>{text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onCancel}>
          {cancel}
        </button>
        <button type="button" class="button danger" onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
