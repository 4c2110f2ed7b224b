/** Writes MessagePack, each value in its shortest form as Python does; a bigint in 64 bits. What reads it: messagePack.ts. */

const utf8 = new TextEncoder();
const FIRST_BYTES = 256;
/** Of each length: what a head of 8, 16 and 32 bits begins with. */
type Heads = readonly [number | null, number, number];
const TEXT: Heads = [0xd9, 0xda, 0xdb];
const BYTES: Heads = [0xc4, 0xc5, 0xc6];
const LIST: Heads = [null, 0xdc, 0xdd];
const MAP: Heads = [null, 0xde, 0xdf];
const WHOLE: Heads = [0xcc, 0xcd, 0xce];
const NEGATIVE: Heads = [0xd0, 0xd1, 0xd2];

/** Return the bytes of a value. Fields that are undefined are left out; half a character becomes U+FFFD. */
export function encode(value: unknown): Uint8Array {
  const writer = new Writer();
  writer.write(value);
  return writer.bytes.subarray(0, writer.length);
}

class Writer {
  bytes = new Uint8Array(FIRST_BYTES);
  length = 0;
  private view = new DataView(this.bytes.buffer);

  write(value: unknown): void {
    if (value === null || value === undefined) this.byte(0xc0);
    else if (typeof value === "boolean") this.byte(value ? 0xc3 : 0xc2);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "bigint") this.long(value);
    else if (typeof value === "string") this.text(utf8.encode(value));
    else if (value instanceof Uint8Array) this.raw(BYTES, value);
    else if (Array.isArray(value)) this.list(value);
    else this.map(Object.entries(value));
  }

  private text(bytes: Uint8Array): void {
    if (bytes.length >= 32) {
      this.raw(TEXT, bytes);
      return;
    }
    this.byte(0xa0 | bytes.length);
    this.append(bytes);
  }

  private list(values: readonly unknown[]): void {
    if (values.length < 16) this.byte(0x90 | values.length);
    else this.head(LIST, values.length);
    for (const each of values) this.write(each);
  }

  private map(fields: readonly (readonly [string, unknown])[]): void {
    const there = fields.filter(([, value]) => value !== undefined);
    if (there.length < 16) this.byte(0x80 | there.length);
    else this.head(MAP, there.length);
    for (const [name, value] of there) {
      this.write(name);
      this.write(value);
    }
  }

  private number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.byte(0xcb);
      const at = this.take(8);
      this.view.setFloat64(at, value);
    } else if (value >= 2 ** 32 || value < -(2 ** 31)) this.long(BigInt(value));
    else if (value >= -32 && value < 128) this.byte(value & 0xff);
    else if (value >= 0) this.head(WHOLE, value);
    else this.head(NEGATIVE, value);
  }

  private long(value: bigint): void {
    this.byte(value < 0n ? 0xd3 : 0xcf);
    const at = this.take(8);
    this.view.setBigUint64(at, BigInt.asUintN(64, value));
  }

  private raw(heads: Heads, bytes: Uint8Array): void {
    this.head(heads, bytes.length);
    this.append(bytes);
  }

  /** Write a number that is not negative by the smallest head that it fits in, a negative one by that of its sign. */
  private head([small, middle, large]: Heads, value: number): void {
    const most = value < 0 ? -value * 2 - 1 : value;
    if (small !== null && most < 2 ** 8) {
      this.byte(small);
      this.byte(value & 0xff);
    } else if (most < 2 ** 16) {
      this.byte(middle);
      const at = this.take(2);
      this.view.setUint16(at, value & 0xffff);
    } else {
      this.byte(large);
      const at = this.take(4);
      this.view.setUint32(at, value >>> 0);
    }
  }

  private byte(value: number): void {
    const at = this.take(1);
    this.bytes[at] = value;
  }

  private append(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Return where so many bytes can be written. */
  private take(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const before = this.bytes;
      this.bytes = new Uint8Array(Math.max(this.length, 2 * before.length));
      this.bytes.set(before);
      this.view = new DataView(this.bytes.buffer);
    }
    return at;
  }
}
