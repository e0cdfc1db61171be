let lastTime = 0;
let counter = 0;

/**
 * A UUID of version 7 (RFC 9562): ids made later sort later, also within one millisecond, and the
 * API reads the time of creation from them.
 */
export function newId(now = Date.now()): string {
  if (now > lastTime) {
    lastTime = now;
    counter = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
    counter &= 0x7ff; // half of the 12 bits stay free to count in
  } else if (++counter > 0xfff) {
    lastTime += 1;
    counter = 0;
  }
  return format(lastTime, counter, crypto.getRandomValues(new Uint8Array(8)));
}

function format(time: number, count: number, random: Uint8Array): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const tail = Array.from(random, (byte, i) => hex(i === 0 ? (byte & 0x3f) | 0x80 : byte, 2)).join(
    "",
  );
  const stamp = hex(time, 12);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex(count, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
