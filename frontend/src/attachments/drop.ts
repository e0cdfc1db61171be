import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Dropped where nobody takes it, a file would take the place of the page. */
export function keepFilesOut(): void {
  const refuse = (event: DragEvent) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  document.addEventListener("dragover", refuse);
  document.addEventListener("drop", refuse);
}

/** Files dropped anywhere on the dialog around `zone`. */
export function useDrop(
  zone: RefObject<HTMLElement | null>,
  onFiles: (files: Iterable<File>) => void,
  onOver: (isOver: boolean) => void,
): void {
  const handlers = useRef({ onFiles, onOver });
  handlers.current = { onFiles, onOver };

  useEffect(() => {
    const area = zone.current?.closest("dialog");
    if (!area) return;
    const listening = new AbortController();
    const options = { signal: listening.signal };
    const hold = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      handlers.current.onOver(true);
    };
    area.addEventListener("dragenter", hold, options);
    area.addEventListener("dragover", hold, options);
    area.addEventListener("dragleave", () => handlers.current.onOver(false), options);
    area.addEventListener(
      "drop",
      (event) => {
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        handlers.current.onOver(false);
        handlers.current.onFiles(event.dataTransfer.files);
      },
      options,
    );
    return () => listening.abort();
  }, [zone]);
}
