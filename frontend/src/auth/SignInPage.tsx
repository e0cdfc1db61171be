import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { navigate } from "../router.ts";
import { AuthForm } from "./AuthForm.tsx";
import type { AuthPageProps } from "./AuthPages.tsx";
import type { SignInStep } from "./amplify.ts";
import { checkEmail, checkNewPassword, checkPassword } from "./checks.ts";
import { loadDoor } from "./door.ts";
import { EmailField, PasswordField } from "./Fields.tsx";

export function SignInPage({ typed, type }: AuthPageProps) {
  const { config, session } = useApp();
  const [needsNew, setNeedsNew] = useState(false);
  const { auth } = messages.value;
  const email = typed.email.trim();

  const follow = async (step: SignInStep) => {
    if (step.kind === "signed-in") return session.begin(email, step.tokens);
    if (step.kind === "new-password") return setNeedsNew(true);
    if (step.kind === "unsupported") throw Object.assign(new Error(), { name: "unsupported" });
    await (await loadDoor(config)).resend(email);
    type({ news: auth.resent });
    navigate("/confirm");
  };
  const signIn = async () => follow(await (await loadDoor(config)).signIn(email, typed.password));

  if (needsNew) return <NewPassword onDone={follow} />;
  return (
    <>
      <AuthForm
        submit={auth.signIn}
        check={() => checkEmail(email) ?? checkPassword(typed.password)}
        onSubmit={signIn}
      >
        <EmailField
          value={typed.email}
          onInput={(value) => type({ email: value })}
          focused={!email}
        />
        <PasswordField
          label={auth.password}
          value={typed.password}
          onInput={(password) => type({ password })}
          focused={Boolean(email)}
        />
      </AuthForm>
      <nav class="auth-links">
        <a href="/forgot">{auth.forgot}</a>
        <a href="/sign-up">{auth.toSignUp}</a>
      </nav>
    </>
  );
}

/** An account that an administrator made: its first password is good for one sign-in. */
function NewPassword({ onDone }: { readonly onDone: (step: SignInStep) => Promise<void> | void }) {
  const { config } = useApp();
  const [password, setPassword] = useState("");
  const { auth } = messages.value;
  const send = async () => onDone(await (await loadDoor(config)).setNewPassword(password));
  return (
    <AuthForm submit={auth.setPassword} check={() => checkNewPassword(password)} onSubmit={send}>
      <p>{auth.newPasswordText}</p>
      <PasswordField
        label={auth.newPassword}
        isNew
        focused
        value={password}
        onInput={setPassword}
      />
    </AuthForm>
  );
}
