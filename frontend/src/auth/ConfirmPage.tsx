import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { HOME, navigate } from "../router.ts";
import { AuthForm } from "./AuthForm.tsx";
import type { AuthPageProps } from "./AuthPages.tsx";
import { checkCode, checkEmail } from "./checks.ts";
import { loadDoor } from "./door.ts";
import { describeAuthError, meansUnknown, refuseCode } from "./errors.ts";
import { CodeField, EmailField } from "./Fields.tsx";

export function ConfirmPage({ typed, type }: AuthPageProps) {
  const { config, session } = useApp();
  const [code, setCode] = useState("");
  const [knowsEmail] = useState(typed.email !== "");
  const { auth } = messages.value;
  const email = typed.email.trim();

  const confirm = async () => {
    const door = await loadDoor(config);
    await door.confirm(email, code.trim()).catch(refuseCode);
    const step = typed.password
      ? await door.signIn(email, typed.password).catch(() => {})
      : undefined;
    type({ news: auth.confirmed });
    if (step?.kind !== "signed-in") return navigate("/sign-in");
    await session.begin(email, step.tokens);
    navigate(HOME, { replace: true });
  };
  const resend = async () => {
    const fault = checkEmail(email);
    if (fault !== undefined) return type({ news: fault });
    try {
      await (await loadDoor(config)).resend(email);
      type({ news: auth.resent });
    } catch (error) {
      type({ news: meansUnknown(error) ? auth.resent : describeAuthError(error) });
    }
  };

  return (
    <>
      {knowsEmail && <p>{auth.confirmText(email)}</p>}
      <AuthForm
        submit={auth.confirm}
        check={() => checkEmail(email) ?? checkCode(code)}
        onSubmit={confirm}
      >
        {!knowsEmail && (
          <EmailField value={typed.email} onInput={(value) => type({ email: value })} focused />
        )}
        <CodeField value={code} onInput={setCode} focused={knowsEmail} />
      </AuthForm>
      <nav class="auth-links">
        <button type="button" class="link" onClick={resend}>
          {auth.resend}
        </button>
        <a href="/sign-in">{auth.toSignIn}</a>
        <a href="/forgot">{auth.forgot}</a>
        <a href="/sign-up">{auth.toSignUp}</a>
      </nav>
    </>
  );
}
