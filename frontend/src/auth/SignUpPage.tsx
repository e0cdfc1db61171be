import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { navigate } from "../router.ts";
import { AuthForm } from "./AuthForm.tsx";
import type { AuthPageProps } from "./AuthPages.tsx";
import { checkEmail, checkNewPassword } from "./checks.ts";
import { loadDoor } from "./door.ts";
import { meansExists } from "./errors.ts";
import { EmailField, PasswordField } from "./Fields.tsx";

export function SignUpPage({ typed, type }: AuthPageProps) {
  const { config } = useApp();
  const { auth } = messages.value;
  const email = typed.email.trim();

  const signUp = async () => {
    try {
      await (await loadDoor(config)).signUp(email, typed.password);
    } catch (error) {
      // Whoever tries addresses must not learn which ones have an account.
      if (!meansExists(error)) throw error;
    }
    type({ email, news: "" });
    navigate("/confirm");
  };

  return (
    <>
      <AuthForm
        submit={auth.signUp}
        check={() => checkEmail(email) ?? checkNewPassword(typed.password)}
        onSubmit={signUp}
      >
        <EmailField value={typed.email} onInput={(value) => type({ email: value })} focused />
        <PasswordField
          label={auth.password}
          isNew
          value={typed.password}
          onInput={(password) => type({ password })}
        />
      </AuthForm>
      <nav class="auth-links">
        <a href="/sign-in">{auth.toSignIn}</a>
      </nav>
    </>
  );
}
