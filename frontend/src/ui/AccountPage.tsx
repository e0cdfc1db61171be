import { useState } from "preact/hooks";

import { useApp } from "../app.ts";
import { ChangePassword } from "../auth/ChangePassword.tsx";
import { describeAuthError } from "../auth/errors.ts";
import { SignedOut } from "../auth/session.ts";
import { chooseLanguage, LANGUAGES, messages, preferredLanguage } from "../i18n/language.ts";
import { ConfirmDialog } from "./Dialog.tsx";
import { type Preferences, prefer, preferences, THEMES } from "./preferences.ts";
import { useTitle } from "./title.ts";

export function AccountPage() {
  const { session } = useApp();
  const { account, auth } = messages.value;
  const state = session.state.value;
  useTitle(account.title);
  return (
    <div class="account">
      <h1 tabIndex={-1} data-heading>
        {account.title}
      </h1>
      {state.kind !== "signed-out" && <p class="muted">{account.signedInAs(state.user.email)}</p>}
      <section class="card">
        <h2>{account.appearance}</h2>
        <Appearance />
        <ShortcutsSwitch />
      </section>
      <section class="card">
        <h2>{auth.changePassword}</h2>
        <ChangePassword />
      </section>
      <section class="card">
        <h2>{account.sessions}</h2>
        <SignOut />
      </section>
    </div>
  );
}

function Appearance() {
  const { account } = messages.value;
  const { theme, language } = preferences.value;
  const choose = (wanted: Preferences["language"]) => {
    prefer({ language: wanted });
    void chooseLanguage(wanted === "auto" ? preferredLanguage(navigator.languages) : wanted);
  };
  return (
    <div class="pair">
      <label class="field">
        <span>{account.theme}</span>
        <select
          value={theme}
          onChange={(event) => prefer({ theme: one(THEMES, event.currentTarget.value, "system") })}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {account.themes[name]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{account.language}</span>
        <select
          value={language}
          onChange={(event) =>
            choose(one(["auto", ...LANGUAGES], event.currentTarget.value, "auto"))
          }
        >
          {(["auto", ...LANGUAGES] as const).map((name) => (
            <option key={name} value={name} lang={name === "auto" ? undefined : name}>
              {account.languages[name]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function ShortcutsSwitch() {
  const { account } = messages.value;
  return (
    <label class="done-field">
      <input
        type="checkbox"
        class="select-box"
        checked={preferences.value.shortcuts}
        onChange={(event) => prefer({ shortcuts: event.currentTarget.checked })}
      />
      {account.shortcuts}
    </label>
  );
}

function one<T extends string>(known: readonly T[], value: string, otherwise: T): T {
  return known.find((name) => name === value) ?? otherwise;
}

function SignOut() {
  const { session, store, notices } = useApp();
  const [wanted, want] = useState<"here" | "everywhere">();
  const { auth, cancel } = messages.value;
  const unsent = store.outbox.value.length;

  const signOut = async (everywhere: boolean) => {
    want(undefined);
    try {
      await session.end(everywhere);
    } catch (error) {
      // Whoever was asked for the password may have signed out instead.
      if (!(error instanceof SignedOut)) notices.show(describeAuthError(error), { tone: "bad" });
    }
  };
  const ask = (which: "here" | "everywhere") =>
    unsent > 0 ? want(which) : void signOut(which === "everywhere");

  return (
    <>
      <p class="muted">{auth.everywhereText}</p>
      <div class="button-row">
        <button type="button" class="button" onClick={() => ask("here")}>
          {auth.signOut}
        </button>
        <button type="button" class="button danger" onClick={() => ask("everywhere")}>
          {auth.signOutEverywhere}
        </button>
      </div>
      {wanted && (
        <ConfirmDialog
          title={auth.leaveTitle}
          text={auth.leaveText(unsent)}
          confirm={auth.signOut}
          cancel={cancel}
          onConfirm={() => void signOut(wanted === "everywhere")}
          onCancel={() => want(undefined)}
        />
      )}
    </>
  );
}
