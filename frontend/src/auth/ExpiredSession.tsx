import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { ConfirmDialog, Dialog } from "../ui/Dialog.tsx";
import { hasStakes } from "../ui/leaving.ts";
import { AuthForm } from "./AuthForm.tsx";
import { checkPassword } from "./checks.ts";
import { loadDoor } from "./door.ts";
import { KnownEmail, PasswordField } from "./Fields.tsx";
import type { User } from "./session.ts";

/** Over the page, which stays as it is: nothing that was typed is lost. */
export function ExpiredSession({ user }: { readonly user: User }) {
  const { config, session, store } = useApp();
  const [password, setPassword] = useState("");
  const [isLeaving, setLeaving] = useState(false);
  const unsent = store.outbox.value.length;
  const { auth, sheet } = messages.value;

  const signIn = async () => {
    const step = await (await loadDoor(config)).signIn(user.email, password);
    if (step.kind !== "signed-in") throw Object.assign(new Error(), { name: "unsupported" });
    await session.begin(user.email, step.tokens);
  };

  return (
    <Dialog title={auth.expiredTitle}>
      <p>{auth.expiredText}</p>
      <p class="muted">{messages.value.account.signedInAs(user.email)}</p>
      <AuthForm submit={auth.continue} check={() => checkPassword(password)} onSubmit={signIn}>
        <KnownEmail value={user.email} />
        <PasswordField label={auth.password} focused value={password} onInput={setPassword} />
      </AuthForm>
      <a href="/forgot" target="_blank" rel="noopener">
        {auth.forgot}
      </a>
      <button
        type="button"
        class="link"
        onClick={() => (unsent > 0 || hasStakes() ? setLeaving(true) : void session.end(false))}
      >
        {auth.signOut}
      </button>
      {isLeaving && (
        <ConfirmDialog
          title={auth.leaveTitle}
          text={unsent > 0 ? auth.leaveText(unsent) : sheet.unsaved}
          confirm={auth.signOut}
          cancel={messages.value.cancel}
          onConfirm={() => void session.end(false)}
          onCancel={() => setLeaving(false)}
        />
      )}
    </Dialog>
  );
}
