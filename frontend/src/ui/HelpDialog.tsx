import { messages } from "../i18n/language.ts";
import { Dialog } from "./Dialog.tsx";

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { keys, close } = messages.value;
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["n"], keys.n],
    [["/"], keys.slash],
    [["j", "k"], keys.jk],
    [["x"], keys.x],
    [["e"], keys.e],
    [["o"], keys.open],
    [["s"], keys.s],
    [["d"], keys.d],
    [["u"], keys.u],
    [["↑", "↓"], keys.move],
    [["?"], keys.help],
    [["Esc"], keys.esc],
  ];
  return (
    <Dialog title={keys.title} onClose={onClose}>
      <dl class="keys">
        {rows.map(([names, text]) => (
          <div key={text}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-buttons">
        <button type="button" class="button primary" onClick={onClose}>
          {close}
        </button>
      </div>
    </Dialog>
  );
}
