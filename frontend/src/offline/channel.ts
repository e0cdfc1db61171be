import type { Todo } from "../api/todos.ts";

/** What one tab tells the others. */
export type News = { readonly owner?: string } & (
  | {
      readonly kind: "todos";
      readonly changed: readonly Todo[];
      readonly removed: readonly string[];
    }
  | { readonly kind: "outbox" }
  | { readonly kind: "session" }
);

export interface Channel {
  tell(news: News): void;
  listen(listener: (news: News) => void): void;
}

export function openChannel(): Channel {
  const channel = new BroadcastChannel("todo-on-ecs");
  return {
    tell: (news) => channel.postMessage(news),
    listen: (listener) => {
      channel.addEventListener("message", (event: MessageEvent<News>) => listener(event.data));
    },
  };
}
