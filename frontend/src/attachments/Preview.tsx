import { useState } from "preact/hooks";

import { messages } from "../i18n/language.ts";
import { Dialog } from "../ui/Dialog.tsx";

interface Props {
  readonly name: string;
  readonly address: string;
  readonly onClose: () => void;
}

export function Preview({ name, address, onClose }: Props) {
  const [isLost, setLost] = useState(false);
  const { notices, problems, close } = messages.value;
  return (
    <Dialog title={name} kind="picture" onClose={onClose}>
      {isLost ? (
        <p role="alert">{notices.failed(problems["unreachable"] ?? "")}</p>
      ) : (
        <img class="preview" src={address} alt={name} onError={() => setLost(true)} />
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {close}
        </button>
      </div>
    </Dialog>
  );
}
