import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { AuthForm } from "./AuthForm.tsx";
import { checkNewPassword, checkPassword } from "./checks.ts";
import { withToken } from "./cognito.ts";
import { KnownEmail, PasswordField } from "./Fields.tsx";

export function ChangePassword() {
  const { session, cognito, notices } = useApp();
  const [previous, setPrevious] = useState("");
  const [proposed, setProposed] = useState("");
  const { auth } = messages.value;
  const state = session.state.value;

  const change = async () => {
    const call = (token: string) => cognito.changePassword(token, previous, proposed);
    await withToken(session.accessToken, call);
    setPrevious("");
    setProposed("");
    notices.show(auth.passwordChanged);
  };
  return (
    <AuthForm
      submit={auth.changePassword}
      check={() => checkPassword(previous) ?? checkNewPassword(proposed)}
      onSubmit={change}
    >
      {state.kind !== "signed-out" && <KnownEmail value={state.user.email} />}
      <PasswordField label={auth.currentPassword} value={previous} onInput={setPrevious} />
      <PasswordField label={auth.newPassword} isNew value={proposed} onInput={setProposed} />
    </AuthForm>
  );
}
