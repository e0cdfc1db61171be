import { render } from "preact";

import { AppContext, createApp } from "./app.ts";
import { keepFilesOut } from "./attachments/drop.ts";
import { loadConfig } from "./config.ts";
import { chooseLanguage, messages, preferredLanguage } from "./i18n/language.ts";
import { startServiceWorker } from "./offline/registration.ts";
import { startRouter } from "./router.ts";
import { Application } from "./ui/Application.tsx";
import { Boundary } from "./ui/Boundary.tsx";
import { Broken } from "./ui/Broken.tsx";
import { keepFocus } from "./ui/kept-focus.ts";
import { askFirst } from "./ui/leaving.ts";
import { preferences, startTheme } from "./ui/preferences.ts";

async function start(root: Element): Promise<void> {
  startTheme();
  const { language } = preferences.value;
  const [config] = await Promise.all([
    loadConfig(),
    chooseLanguage(language === "auto" ? preferredLanguage(navigator.languages) : language),
  ]);
  const app = await createApp(config);
  startRouter();
  keepFocus();
  keepFilesOut();
  render(
    <AppContext.Provider value={app}>
      <Boundary>
        <Application />
      </Boundary>
    </AppContext.Provider>,
    root,
  );
  void startServiceWorker((take) => {
    const offer = () => {
      const { newVersion, load } = messages.value.notices;
      const run = () => (askFirst() ? offer() : take());
      app.notices.show(newVersion, { stays: true, action: { label: load, run } });
    };
    offer();
  });
}

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no place for the application");
start(root).catch((error: unknown) => {
  render(<Broken cause={error} />, root);
  throw error; // into the console, with its trace
});
