import type { Todo } from "../api/todos.ts";
import { useApp } from "../app.ts";
import { messages } from "../i18n/language.ts";
import { positionAt } from "./positions.ts";

/** Moves a to-do to a place among those shown, counted from 0. */
export function useMove(todo: Todo, siblings: readonly Todo[]): (place: number) => void {
  const { actions, notices } = useApp();
  return (place) => {
    const { moves } = messages.value;
    const others = siblings.filter((other) => other.id !== todo.id);
    const current = siblings.findIndex((other) => other.id === todo.id);
    const wanted = Math.min(Math.max(place, 0), others.length);
    if (wanted === current) return;
    const position = positionAt(others, wanted);
    if (position === undefined) notices.show(moves.noRoom, { tone: "bad" });
    else if (actions.edit(todo, { position }))
      notices.say(moves.moved(todo.title, wanted + 1, siblings.length));
  };
}
