import { messages } from "../i18n/language.ts";
import { Dialog } from "../ui/Dialog.tsx";

interface Props {
  readonly name: string;
  readonly address: string;
  readonly onClose: () => void;
}

export function Preview({ name, address, onClose }: Props) {
  return (
    <Dialog title={name} kind="picture" onClose={onClose}>
      <img class="preview" src={address} alt={name} />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {messages.value.close}
        </button>
      </div>
    </Dialog>
  );
}
