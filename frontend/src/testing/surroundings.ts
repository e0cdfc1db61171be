import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";

import type { Send } from "../api/client.ts";
import { Refused } from "../api/client.ts";
import type { Channel, News } from "../offline/channel.ts";

/** A browser whose database is empty. */
export function newBrowser(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** A channel between the tabs of one browser. */
export function newChannels(): () => Channel {
  const tabs: { listeners: ((news: News) => void)[] }[] = [];
  return () => {
    const tab = { listeners: [] as ((news: News) => void)[] };
    tabs.push(tab);
    return {
      tell(news) {
        for (const other of tabs) {
          if (other !== tab)
            for (const listener of other.listeners) listener(structuredClone(news));
        }
      },
      listen: (listener) => void tab.listeners.push(listener),
    };
  };
}

export function refusal(status: number, word = "", retryAfter?: number): Refused {
  const type = `urn:todo-on-ecs:problem:${word}`;
  const problem = { type, title: word, status, detail: word, instance: "/", requestId: "r" };
  return new Refused(status, problem, retryAfter);
}

/** An API that gives the next of these answers to each request, and keeps the requests. */
export function scripted(...answers: (unknown | Error)[]): { send: Send; sent: string[] } {
  const sent: string[] = [];
  const send: Send = async ({ method, path, headers }) => {
    sent.push([method, path, headers?.["If-Match"]].filter(Boolean).join(" "));
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
  };
  return { send, sent };
}

/** Wait until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it does not come to hold");
}
