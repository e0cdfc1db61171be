/** A line as the API takes it: without control characters, such as a tab from a spreadsheet. */
export function lineOf(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}
