import { signal } from "@preact/signals";

/** What the browser believes; whether the API answers is for the reader and the sender to find out. */
export const isOnline = signal(navigator.onLine);

const look = () => {
  isOnline.value = navigator.onLine;
};
addEventListener("online", look);
addEventListener("offline", look);
