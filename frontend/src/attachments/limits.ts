/** The API's limits (docs/configuration.md), so that nobody waits for an upload that is refused. */
export const MAX_BYTES = 25 * 1024 * 1024;
export const MAX_FILES = 20;
const MAX_NAME = 255;

/** What browsers show in the page instead of saving it; the API delivers no others inline. */
const RASTER_IMAGES = new Set(["image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"]);

/**
 * Kinds that run when somebody opens them. It keeps people from mistakes; the guard against attackers
 * is the API, which hands out nothing but raster images in a form that a browser would open.
 */
const HARMFUL_ENDINGS = new Set(
  "app bat cmd com cpl dll exe hta htm html jar js jse lnk mjs msi pif ps1 scr svg vbs wsf xhtml".split(
    " ",
  ),
);
const HARMFUL_TYPES = new Set([
  "application/javascript",
  "application/x-msdownload",
  "application/xhtml+xml",
  "image/svg+xml",
  "text/html",
  "text/javascript",
]);

export type FileFault = "tooLarge" | "emptyFile" | "badName" | "badType" | "tooMany" | "noRoom";

/** A folder, or a file that is gone or has changed since it was chosen. */
export class Unreadable extends Error {}

export interface Room {
  /** Files that the to-do has, those on their way included. */
  readonly files: number;
  /** Bytes that are left; undefined while it is not known. */
  readonly bytes: number | undefined;
}

interface Candidate {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** Why a file cannot be attached, before anything of it is sent. */
export function faultOf(file: Candidate, room: Room): FileFault | undefined {
  if (file.size === 0) return "emptyFile";
  if (file.size > MAX_BYTES) return "tooLarge";
  if ([...file.name].length > MAX_NAME) return "badName";
  if (isHarmful(file)) return "badType";
  if (room.files >= MAX_FILES) return "tooMany";
  return room.bytes !== undefined && file.size > room.bytes ? "noRoom" : undefined;
}

function isHarmful({ name, type }: Candidate): boolean {
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  return HARMFUL_ENDINGS.has(ending) || HARMFUL_TYPES.has(mediaType(type));
}

/** The media type as the API takes it: without parameters, and never empty. */
export function mediaType(type: string): string {
  return type.split(";")[0]?.trim().toLowerCase() || "application/octet-stream";
}

export function isRasterImage(type: string): boolean {
  return RASTER_IMAGES.has(type);
}
