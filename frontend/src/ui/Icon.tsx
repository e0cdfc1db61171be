/** Line drawings on a grid of 24; the text beside them or a label says what they mean. */
const PATHS = {
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
  alarm: "M12 7a7 7 0 100 14 7 7 0 000-14zM12 10.5V14l2.5 1.5M4 6.5L7 4M20 6.5L17 4",
  calendar: "M5 6h14v14H5zM5 10.5h14M9 4v4M15 4v4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  list: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 13h8.4L17 7M10.3 11v5.5M13.7 11v5.5",
  search: "M10.5 4.5a6 6 0 100 12 6 6 0 000-12zM15 15l5 5",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  pencil: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  restore: "M5 12a7 7 0 107-7c-2.5 0-4.6 1.2-6 3M5.5 4v4.5H10",
  flag: "M6 21V4M6 5h11l-2 4 2 4H6",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8h.01",
  note: "M6 4h12v16H6zM9 9h6M9 12.5h6M9 16h3.5",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  clip: "M19 11.5l-7.2 7.2a4.5 4.5 0 01-6.4-6.4L12.8 5a3 3 0 014.2 4.2l-7.2 7.3a1.5 1.5 0 01-2.2-2.1l6.6-6.7",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z",
  person:
    "M12 4.5a3.75 3.75 0 100 7.5 3.75 3.75 0 000-7.5zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  cloudOff: "M7 18a4 4 0 01-.6-7.95A6 6 0 0117.5 9.5 4.25 4.25 0 0118 18zM4 4l16 16",
  select: "M5 5h14v14H5zM8.5 12.5l2.5 2.5 5-5.5",
  keyboard: "M3.5 7h17v10h-17zM7 10h.01M10.5 10h.01M14 10h.01M17 10h.01M8 13.5h8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
