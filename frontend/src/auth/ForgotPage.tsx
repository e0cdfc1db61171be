import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { navigate } from "../router.ts";
import { AuthForm } from "./AuthForm.tsx";
import type { AuthPageProps } from "./AuthPages.tsx";
import { checkCode, checkEmail, checkNewPassword } from "./checks.ts";
import { loadDoor } from "./door.ts";
import { meansUnknown, refuseCode } from "./errors.ts";
import { CodeField, EmailField, PasswordField } from "./Fields.tsx";

export function ForgotPage({ typed, type }: AuthPageProps) {
  const { config } = useApp();
  const [hasCode, setHasCode] = useState(false);
  const { auth } = messages.value;
  const email = typed.email.trim();

  const sendCode = async () => {
    try {
      await (await loadDoor(config)).forget(email);
    } catch (error) {
      if (!meansUnknown(error)) throw error;
    }
    type({ news: auth.codeSent(email) });
    setHasCode(true);
  };

  if (hasCode) return <ResetForm typed={typed} type={type} onBack={() => setHasCode(false)} />;
  return (
    <>
      <p>{auth.forgotText}</p>
      <AuthForm submit={auth.sendCode} check={() => checkEmail(email)} onSubmit={sendCode}>
        <EmailField value={typed.email} onInput={(value) => type({ email: value })} focused />
      </AuthForm>
      <nav class="auth-links">
        <button type="button" class="link" onClick={() => setHasCode(true)}>
          {auth.haveCode}
        </button>
        <a href="/sign-in">{auth.toSignIn}</a>
      </nav>
    </>
  );
}

interface ResetProps extends AuthPageProps {
  readonly onBack: () => void;
}

function ResetForm({ typed, type, onBack }: ResetProps) {
  const { config } = useApp();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { auth } = messages.value;
  const email = typed.email.trim();

  const reset = async () => {
    const door = await loadDoor(config);
    await door.reset(email, code.trim(), password).catch(refuseCode);
    type({ password: "", news: auth.passwordSet });
    navigate("/sign-in");
  };

  return (
    <>
      <AuthForm
        submit={auth.setPassword}
        check={() => checkEmail(email) ?? checkCode(code) ?? checkNewPassword(password)}
        onSubmit={reset}
      >
        <EmailField
          value={typed.email}
          onInput={(value) => type({ email: value })}
          focused={!email}
        />
        <CodeField value={code} onInput={setCode} focused={Boolean(email)} />
        <PasswordField label={auth.newPassword} isNew value={password} onInput={setPassword} />
      </AuthForm>
      <nav class="auth-links">
        <button type="button" class="link" onClick={onBack}>
          {auth.resend}
        </button>
        <a href="/sign-in">{auth.toSignIn}</a>
      </nav>
    </>
  );
}
