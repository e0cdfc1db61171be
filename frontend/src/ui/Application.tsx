import { useEffect } from "preact/hooks";

import { useApp } from "../app.ts";
import { AuthPages } from "../auth/AuthPages.tsx";
import { ExpiredSession } from "../auth/ExpiredSession.tsx";
import { HOME, navigate, route } from "../router.ts";
import { TodosPage } from "../todos/TodosPage.tsx";
import { AccountPage } from "./AccountPage.tsx";
import { Announcer } from "./Announcer.tsx";
import { NotFound } from "./NotFound.tsx";
import { PAGE } from "./places.ts";
import { Shell } from "./Shell.tsx";

export function Application() {
  const { session } = useApp();
  const state = session.state.value;
  const current = route.value;
  // Also beside an expired session, whose tab keeps what was typed.
  const isForgetful = current.kind === "auth" && current.page === "forgot";
  return (
    <>
      {state.kind === "signed-out" || isForgetful ? <SignedOutPages /> : <SignedInPages />}
      {state.kind === "expired" && !isForgetful && <ExpiredSession user={state.user} />}
      <Announcer place={PAGE} />
    </>
  );
}

function SignedOutPages() {
  const current = route.value;
  if (current.kind === "not-found") return <NotFound />;
  return <AuthPages page={current.kind === "auth" ? current.page : "sign-in"} />;
}

function SignedInPages() {
  const current = route.value;
  const isLost = current.kind === "auth" || location.pathname === "/";
  useEffect(() => {
    if (isLost) navigate(HOME, { replace: true });
  }, [isLost]);
  if (current.kind === "not-found") return <NotFound />;
  if (current.kind === "auth") return null;
  return (
    <Shell>
      {current.kind === "account" ? (
        <AccountPage />
      ) : (
        <TodosPage query={current.query} todoId={current.todoId} />
      )}
    </Shell>
  );
}
