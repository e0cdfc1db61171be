import type { Config } from "../config.ts";
import type { Door } from "./amplify.ts";

let door: Promise<Door> | undefined;

/** Amplify, loaded once, when the first form that needs it is on the screen. */
export function loadDoor(config: Config): Promise<Door> {
  door ??= import("./amplify.ts").then(({ openDoor }) => openDoor(config));
  door.catch(() => {
    door = undefined; // without a network: the next try loads it again
  });
  return door;
}
