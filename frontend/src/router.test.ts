// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import { listAddress, navigate, parseRoute, route } from "./router.ts";

const parse = (path: string) => parseRoute(new URL(path, "http://localhost"));

test.each(["open", "done", "all", "trash", "today", "overdue", "upcoming"])(
  "/%s is a list",
  (view) => {
    expect(parse(`/${view}`)).toMatchObject({ kind: "list", query: { view, sort: "due" } });
  },
);

test("a search, a label, an order and a to-do are part of the address", () => {
  const query = { view: "all", sort: "position", q: "a & b", label: "é#" } as const;

  expect(parse(listAddress({ ...query, todo: "id" }))).toEqual({
    kind: "list",
    query,
    todoId: "id",
  });
});

test("what is as usual is left out of the address", () => {
  expect(listAddress({ view: "open", sort: "due", q: "", label: "" })).toBe("/open");
});

test.each(["/nowhere", "/open/x", "/assets/x.js", "/constructor"])("%s is nowhere", (path) => {
  expect(parse(path)).toEqual({ kind: "not-found" });
});

test("an order nobody knows is the usual one", () => {
  expect(parse("/open?sort=random")).toMatchObject({ query: { sort: "due" } });
});

test("a browser that takes no more addresses does not stop a search", () => {
  navigate("/all", { replace: true });
  const full = vi.spyOn(history, "replaceState").mockImplementation(() => {
    throw new DOMException("more than 100 times per 30 seconds", "SecurityError");
  });

  navigate("/all?q=a", { replace: true });
  expect(route.value).toMatchObject({ query: { q: "a" } });
  navigate("/all", { replace: true });
  expect(route.value).toMatchObject({ query: { q: "" } });

  full.mockRestore();
  navigate("/all?q=b", { replace: true });
  expect(location.search).toBe("?q=b");
});
