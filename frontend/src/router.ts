import { computed, signal } from "@preact/signals";

import { type Query, SORTS, type Sort, VIEWS, type View } from "./todos/views.ts";
import { askFirst } from "./ui/leaving.ts";

export const AUTH_PAGES = ["sign-in", "sign-up", "confirm", "forgot"] as const;
export type AuthPage = (typeof AUTH_PAGES)[number];

export type Route =
  | { readonly kind: "list"; readonly query: Query; readonly todoId: string | undefined }
  | { readonly kind: "auth"; readonly page: AuthPage }
  | { readonly kind: "account" }
  | { readonly kind: "not-found" };

export const DEFAULT_SORT: Sort = "due";
export const HOME = "/open";

export function parseRoute(url: URL): Route {
  const name = url.pathname.replace(/^\/+|\/+$/g, "");
  if (isOneOf(VIEWS, name) || name === "") {
    const view: View = name === "" ? "open" : name;
    return { kind: "list", query: parseQuery(view, url.searchParams), todoId: todoIn(url) };
  }
  if (isOneOf(AUTH_PAGES, name)) return { kind: "auth", page: name };
  return name === "account" ? { kind: "account" } : { kind: "not-found" };
}

function parseQuery(view: View, search: URLSearchParams): Query {
  const sort = search.get("sort") ?? "";
  return {
    view,
    sort: isOneOf(SORTS, sort) ? sort : DEFAULT_SORT,
    q: search.get("q") ?? "",
    label: search.get("label") ?? "",
  };
}

function todoIn(url: URL): string | undefined {
  return url.searchParams.get("todo") ?? undefined;
}

/** The address of a list; what is as usual is left out. */
export function listAddress(query: Partial<Query> & { readonly todo?: string }): string {
  const search = new URLSearchParams();
  if (query.sort && query.sort !== DEFAULT_SORT) search.set("sort", query.sort);
  if (query.label) search.set("label", query.label);
  if (query.q) search.set("q", query.q);
  if (query.todo) search.set("todo", query.todo);
  const text = search.toString();
  return `/${query.view ?? "open"}${text && `?${text}`}`;
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

const address = signal(new URL(location.href));
export const route = computed(() => parseRoute(address.value));

export function navigate(href: string, options: { readonly replace?: boolean } = {}): void {
  const target = new URL(href, location.href);
  if (target.href === address.value.href) return;
  address.value = target;
  try {
    if (options.replace) history.replaceState(null, "", target);
    else history.pushState(null, "", target);
  } catch (error) {
    // Safari takes 100 of these in 30 s: until then the page is ahead of what the address tells.
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Links within the application change the address without loading the page anew. */
export function startRouter(): void {
  addEventListener("popstate", () => {
    // While there is something to lose, the back button asks instead of leaving.
    if (askFirst()) {
      history.pushState(null, "", address.value);
    } else {
      address.value = new URL(location.href);
    }
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    if (link === null || link === undefined || !isPlain(event) || !isInternal(link)) return;
    event.preventDefault();
    navigate(link.href);
  });
}

function isPlain(event: MouseEvent): boolean {
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return event.button === 0 && !modified && !event.defaultPrevented;
}

function isInternal(link: HTMLAnchorElement): boolean {
  const isElsewhere = link.target !== "" || link.hasAttribute("download");
  return link.origin === location.origin && !isElsewhere && link.hash === "";
}
