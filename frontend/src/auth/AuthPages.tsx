import { useEffect, useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import type { AuthPage } from "../router.ts";
import { Icon } from "../ui/Icon.tsx";
import { useTitle } from "../ui/title.ts";
import { ConfirmPage } from "./ConfirmPage.tsx";
import { loadDoor } from "./door.ts";
import { ForgotPage } from "./ForgotPage.tsx";
import { SignInPage } from "./SignInPage.tsx";
import { SignUpPage } from "./SignUpPage.tsx";

/** What was typed on one page and is of use on the next one; never stored. */
export interface Typed {
  readonly email: string;
  readonly password: string;
  /** Shown above the next form. */
  readonly news: string;
}

export interface AuthPageProps {
  readonly typed: Typed;
  readonly type: (change: Partial<Typed>) => void;
}

const PAGES = {
  "sign-in": SignInPage,
  "sign-up": SignUpPage,
  confirm: ConfirmPage,
  forgot: ForgotPage,
};

export function AuthPages({ page }: { readonly page: AuthPage }) {
  const { config } = useApp();
  const [typed, setTyped] = useState<Typed>({ email: "", password: "", news: "" });
  const { auth, product, tagline } = messages.value;
  const titles = {
    "sign-in": auth.welcome,
    "sign-up": auth.create,
    confirm: auth.confirmTitle,
    forgot: auth.forgotTitle,
  };
  const Page = PAGES[page];
  useTitle(titles[page]);
  useEffect(() => {
    loadDoor(config).catch(() => {}); // the form says so when it is sent
  }, [config]);

  return (
    <main class="auth">
      <header class="auth-brand">
        <span class="mark">
          <Icon name="check" />
        </span>
        <strong>{product}</strong>
        <p>{tagline}</p>
      </header>
      <section class="auth-card">
        <h1>{titles[page]}</h1>
        <p class="form-news" role="status">
          {typed.news}
        </p>
        <Page
          key={page}
          typed={typed}
          type={(change) => setTyped((before) => ({ ...before, ...change }))}
        />
      </section>
    </main>
  );
}
