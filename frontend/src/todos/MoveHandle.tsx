import type { Todo } from "../api/todos.ts";
import { messages } from "../i18n/language.ts";
import { Menu } from "../ui/Menu.tsx";
import { useDrag } from "./drag.ts";
import { useMove } from "./moving.ts";

interface Props {
  readonly todo: Todo;
  readonly siblings: readonly Todo[];
}

/** Drag it, press the arrow keys on it, or choose from its menu: not everybody can drag. */
export function MoveHandle({ todo, siblings }: Props) {
  const move = useMove(todo, siblings);
  const drag = useDrag((index) => move(index));
  const place = siblings.findIndex((other) => other.id === todo.id);
  const last = siblings.length - 1;
  const { todo: t, moves } = messages.value;

  const onKeyDown = (event: KeyboardEvent) => {
    const places: Record<string, number> = {
      ArrowUp: place - 1,
      ArrowDown: place + 1,
      Home: 0,
      End: last,
    };
    const wanted = places[event.key];
    if (wanted === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(wanted);
  };
  return (
    <Menu
      label={t.move(todo.title)}
      icon="grip"
      button={{
        class: "handle",
        title: moves.help,
        "data-part": "handle",
        onKeyDown,
        onPointerDown: drag,
      }}
    >
      <button type="button" disabled={place === 0} onClick={() => move(0)}>
        {moves.first}
      </button>
      <button type="button" disabled={place === 0} onClick={() => move(place - 1)}>
        {moves.up}
      </button>
      <button type="button" disabled={place === last} onClick={() => move(place + 1)}>
        {moves.down}
      </button>
      <button type="button" disabled={place === last} onClick={() => move(last)}>
        {moves.last}
      </button>
    </Menu>
  );
}
