/**
 * A control that is used up takes the focus along: a label that is removed, the notice whose Undo was
 * pressed. Whoever had it goes on from the heading of the dialog or the page it stood in.
 */
export function keepFocus(): void {
  let last: Element | undefined;
  document.addEventListener("focusin", ({ target }) => {
    last = target instanceof Element ? target : undefined;
  });
  const look = () => {
    if (last === undefined || last.isConnected) return;
    last = undefined;
    if (document.activeElement === document.body) heading()?.focus({ preventScroll: true });
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}

function heading(): HTMLElement | null {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  return (dialog ?? document).querySelector("[data-heading]");
}
