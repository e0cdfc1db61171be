import { type ReadonlySignal, signal } from "@preact/signals";

import type { Send } from "../api/client.ts";
import { type Attachment, deleteFile, getUsage, listFiles, type Usage } from "../api/files.ts";
import { newId } from "../ids.ts";
import { type FileFault, faultOf } from "./limits.ts";
import { type Stage, upload } from "./upload.ts";

export type Progress =
  | Stage
  | { readonly kind: "waiting" }
  | { readonly kind: "refused"; readonly fault: FileFault }
  | { readonly kind: "failed"; readonly reason: unknown }
  | { readonly kind: "cancelled" };

/** A file on its way, or one that did not get there. */
export interface Sending {
  readonly id: string;
  readonly file: File;
  readonly progress: Progress;
}

/** The attachments of one to-do. They outlive the sheet: uploads go on when it is closed. */
export interface Attachments {
  readonly files: ReadonlySignal<readonly Attachment[] | undefined>;
  readonly sendings: ReadonlySignal<readonly Sending[]>;
  readonly usage: ReadonlySignal<Usage | undefined>;
  /** Why the list cannot be shown. */
  readonly failure: ReadonlySignal<unknown>;
  read(): Promise<void>;
  add(files: Iterable<File>): void;
  cancel(id: string): void;
  retry(id: string): void;
  dismiss(id: string): void;
  remove(file: Attachment): Promise<void>;
  /** Send nothing more: the person has signed out. */
  stop(): void;
}

const IN_FLIGHT = new Set<Progress["kind"]>(["waiting", "hashing", "sending", "finishing"]);

export function isInFlight({ progress }: Sending): boolean {
  return IN_FLIGHT.has(progress.kind);
}

export function createAttachments(
  send: Send,
  todoId: string,
  onAttached: (name: string) => void,
): Attachments {
  const files = signal<readonly Attachment[] | undefined>(undefined);
  const sendings = signal<readonly Sending[]>([]);
  const usage = signal<Usage | undefined>(undefined);
  const failure = signal<unknown>(undefined);
  const aborts = new Map<string, AbortController>();
  let queue = Promise.resolve();

  const readUsage = async () => {
    usage.value = await getUsage(send);
  };
  const advance = (id: string, progress: Progress) => {
    sendings.value = sendings.value.map((one) => (one.id === id ? { ...one, progress } : one));
  };
  const dismiss = (id: string) => {
    sendings.value = sendings.value.filter((one) => one.id !== id);
  };

  const run = async ({ id, file }: Sending, signal: AbortSignal) => {
    if (signal.aborted) return;
    try {
      const onStage = (stage: Stage) => advance(id, stage);
      const attached = await upload(send, { todoId, file, signal, onStage });
      files.value = [...(files.value ?? []), attached];
      dismiss(id);
      onAttached(file.name);
    } catch (reason) {
      advance(id, signal.aborted ? { kind: "cancelled" } : { kind: "failed", reason });
    }
    await readUsage().catch(() => {}); // shown as it was; the next upload asks again
  };

  /** One after another: side by side they would only share the same line. */
  const start = (sending: Sending) => {
    const abort = new AbortController();
    aborts.set(sending.id, abort);
    queue = queue.then(() => run(sending, abort.signal));
  };

  const room = () => {
    const used = usage.value;
    const onTheirWay = sendings.value.filter(isInFlight);
    const bytes = onTheirWay.reduce((sum, { file }) => sum + file.size, 0);
    return {
      files: (files.value?.length ?? 0) + onTheirWay.length,
      bytes: used && used.limitBytes - used.bytes - bytes,
    };
  };

  return {
    files,
    sendings,
    usage,
    failure,
    async read() {
      failure.value = undefined;
      try {
        const [list] = await Promise.all([listFiles(send, todoId), readUsage()]);
        files.value = list;
      } catch (error) {
        failure.value = error;
      }
    },
    add(chosen) {
      for (const file of chosen) {
        const fault = faultOf(file, room());
        const progress: Progress = fault ? { kind: "refused", fault } : { kind: "waiting" };
        const sending = { id: newId(), file, progress };
        sendings.value = [...sendings.value, sending];
        if (!fault) start(sending);
      }
    },
    cancel(id) {
      aborts.get(id)?.abort(new DOMException("cancelled", "AbortError"));
      advance(id, { kind: "cancelled" });
    },
    retry(id) {
      const sending = sendings.value.find((one) => one.id === id);
      if (!sending) return;
      advance(id, { kind: "waiting" });
      start(sending);
    },
    dismiss,
    async remove(file) {
      await deleteFile(send, file);
      files.value = files.value?.filter((one) => one.id !== file.id);
      await readUsage().catch(() => {}); // as above
    },
    stop() {
      for (const abort of aborts.values()) abort.abort(new DOMException("stopped", "AbortError"));
    },
  };
}
