import { effect, type Signal, signal, untracked } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import { createSend, type Send } from "./api/client.ts";
import { type Attachments, createAttachments, isInFlight } from "./attachments/store.ts";
import { type Cognito, createCognito } from "./auth/cognito.ts";
import { createSession, personIn, type Session } from "./auth/session.ts";
import { createVault } from "./auth/vault.ts";
import type { Config } from "./config.ts";
import { messages } from "./i18n/language.ts";
import { openChannel } from "./offline/channel.ts";
import { openDatabase } from "./offline/database.ts";
import { ownChannel, ownDatabase } from "./offline/ownership.ts";
import { navigate } from "./router.ts";
import { type Actions, createActions } from "./todos/actions.ts";
import { createReader, type Reader } from "./todos/reader.ts";
import { createRefusals } from "./todos/refusals.ts";
import { createSender, type Sender } from "./todos/sender.ts";
import { createStore, type Store } from "./todos/store.ts";
import { hasStakes, holdUp } from "./ui/leaving.ts";
import { createNotices, type Notices } from "./ui/notices.ts";

/** Everything that lives as long as the page, wired together. */
export interface App {
  readonly config: Config;
  readonly session: Session;
  readonly send: Send;
  readonly store: Store;
  readonly sender: Sender;
  readonly reader: Reader;
  readonly actions: Actions;
  readonly notices: Notices;
  readonly cognito: Cognito;
  /** What is typed into the line for new to-dos: it outlives a look at another page. */
  readonly line: Signal<string>;
  /** The attachments of a to-do, the same ones each time. */
  readonly attachmentsOf: (todoId: string) => Attachments;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error("there is no application around this component");
  return app;
}

const REREAD_MS = 60_000;

export async function createApp(config: Config): Promise<App> {
  const database = await openDatabase();
  const channel = openChannel();
  const owner = () => personIn(session.state.value);
  const mine = ownDatabase(database, owner);
  const store = createStore(mine, ownChannel(channel, owner));
  const notices = createNotices();
  const cognito = createCognito(config);
  const line = signal("");
  const forget = async () => {
    const isLost = hasStakes();
    sender.stop();
    reader.stop();
    store.close();
    actions.forgetUndo();
    notices.clear();
    line.value = "";
    if (isLost) notices.show(messages.value.auth.lost, { tone: "bad" });
    for (const one of attachments.values()) one.stop();
    attachments.clear();
    await database.clear("session", "todos", "outbox");
  };
  const session = createSession({ cognito, vault: createVault(database), channel, forget });
  const send = createSend(config.apiUrl, session.accessToken, session.ending);
  const onRefused = createRefusals(notices, (entries) => actions.repeat(entries));
  const sender = createSender({ send, store, onRefused });
  const attachments = new Map<string, Attachments>();
  const attachmentsOf = (todoId: string) => {
    const known = attachments.get(todoId);
    if (known) return known;
    const onAttached = (name: string) => notices.say(messages.value.files.uploaded(name));
    const made = createAttachments(send, todoId, onAttached);
    attachments.set(todoId, made);
    return made;
  };
  const reader = createReader(send, store);
  const actions = createActions({ store, notices, messages, wake: () => sender.wake() });
  const parts = { config, session, send, store, sender, reader, actions, notices, cognito };
  const app = { ...parts, line, attachmentsOf };
  await session.restore();
  await store.open();
  // Not waited for: it is out of sight already, and the next opening tries again.
  if (owner()) mine.sweep("todos", "outbox").catch(() => {});
  follow(app);
  askBeforeLeaving(app, attachments);
  return app;
}

/** The browser asks whether to leave while files are on their way, or something is half written. */
function askBeforeLeaving(app: App, attachments: ReadonlyMap<string, Attachments>): void {
  const { session, store, line } = app;
  const sendings = () => [...attachments.values()].flatMap((one) => one.sendings.value);
  holdUp({ isThere: () => line.value.trim() !== "" || store.isAtRisk() });
  holdUp({ isThere: () => sendings().some(isInFlight) });
  addEventListener("beforeunload", (event) => {
    // Of the person whose session is over nothing holds up the next one.
    if (session.state.value.kind !== "signed-out" && hasStakes()) event.preventDefault();
  });
}

/** Read and send whenever there is somebody signed in and a reason to. */
function follow({ session, sender, reader }: App): void {
  // Put aside by the browser, the page has heard nothing of what other tabs did.
  window.addEventListener("pageshow", ({ persisted }) => persisted && void session.recheck());
  let wasSomebody = false;
  effect(() => {
    const isSomebody = session.state.value.kind !== "signed-out";
    // The address may tell what the person has looked for.
    if (wasSomebody && !isSomebody) navigate("/sign-in", { replace: true });
    wasSomebody = isSomebody;
  });
  const isSignedIn = () => session.state.value.kind === "signed-in";
  effect(() => {
    if (!isSignedIn()) return;
    // Only a sign-in is a reason here; what these read must not become one.
    untracked(() => {
      sender.wake();
      void reader.read();
    });
  });
  const catchUp = (age: number) => {
    if (!isSignedIn() || document.hidden) return;
    sender.wake();
    void reader.read(age);
  };
  addEventListener("online", () => catchUp(0));
  document.addEventListener("visibilitychange", () => catchUp(REREAD_MS / 2));
  setInterval(() => catchUp(REREAD_MS), REREAD_MS);
}
