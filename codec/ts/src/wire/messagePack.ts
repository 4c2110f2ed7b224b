/**
 * MessagePack that anyone may have sent, read as a form tells (codec/wire/forms.py), as strictly as Python does.
 *
 * The library that writes it keeps everything it meets, takes 1.0 for 1 and passes over broken UTF-8. Here what no form
 * names is skipped without being kept, and a value is of its form or refused.
 */

export type Form =
  | ({ is: "int"; least?: number; most?: number } & Common)
  | ({ is: "float"; above?: number; most?: number } & Common)
  | ({ is: "text" | "bytes"; least?: number; most?: number } & Common)
  | ({ is: "bool" } & Common)
  | ({ is: "word"; among: readonly string[] } & Common)
  | ({ is: "list"; of: Form; least?: number; most?: number } & Common)
  | ({ is: "set"; of: Form } & Common)
  | ({ is: "map"; fields: Fields } & Common);

interface Common {
  /** Whether nil is one too. */
  orNull?: boolean;
  /** What holds where the field is left out. Without it, it must be there. */
  usually?: unknown;
}

export type Fields = Readonly<Record<string, Form>>;

/** These bytes are no MessagePack, or not of the form. */
export class FormError extends Error {}

/** So deep may lists and maps be within one another, as in Python. */
const MAX_DEPTH = 1_000;
/** No field has a longer name. */
const MAX_NAME = 64;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Return the values of all entries named `name` of the map in `data`, which must be text. Throws FormError. */
export function texts(data: Uint8Array, name: string): string[] {
  const reader = new Reader(data);
  const found: string[] = [];
  for (let left = reader.mapLength(); left > 0; left--) {
    if (reader.name() === name) found.push(reader.text());
    else reader.skip(0);
  }
  reader.end();
  return found;
}

/** Return what the map in `data` says of `fields`. Throws FormError. */
export function readMap(data: Uint8Array, fields: Fields): Record<string, unknown> {
  const reader = new Reader(data);
  const values = reader.fields(fields);
  reader.end();
  return values;
}

/** Return the texts, whole numbers and bytes of the list in `data`; numbers of 64 bits as bigint. Throws FormError. */
export function readList(data: Uint8Array): (string | number | bigint | Uint8Array)[] {
  const reader = new Reader(data);
  const values = reader.plainList();
  reader.end();
  return values;
}

class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  end(): void {
    if (this.at !== this.data.length) throw new FormError("something comes after the message");
  }

  fields(fields: Fields): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (let left = this.mapLength(); left > 0; left--) {
      const name = this.name();
      if (Object.hasOwn(fields, name)) values[name] = this.value(fields[name]!, name);
      else this.skip(0);
    }
    for (const [name, form] of Object.entries(fields)) {
      if (Object.hasOwn(values, name)) continue;
      if (!("usually" in form)) throw new FormError(`${name} is missing`);
      values[name] = form.usually;
    }
    return values;
  }

  mapLength(): number {
    const code = this.byte();
    if ((code & 0xf0) === 0x80) return code & 0x0f;
    if (code === 0xde || code === 0xdf) return this.size(code - 0xde + 1);
    throw new FormError("it is not a map");
  }

  plainList(): (string | number | bigint | Uint8Array)[] {
    const values: (string | number | bigint | Uint8Array)[] = [];
    for (let left = this.listLength(); left > 0; left--) values.push(this.plain());
    return values;
  }

  private plain(): string | number | bigint | Uint8Array {
    const code = this.data[this.at]!;
    if (code >= 0xc4 && code <= 0xc6) return this.bytes();
    if ((code & 0xe0) === 0xa0 || (code >= 0xd9 && code <= 0xdb)) return this.text();
    if (code !== 0xcf && code !== 0xd3) return this.int();
    const start = this.at + 1;
    this.take(9);
    return code === 0xcf ? this.view.getBigUint64(start) : this.view.getBigInt64(start);
  }

  /** Return the name of an entry; one that no field has is not read. */
  name(): string {
    const bytes = this.take(this.textLength());
    return bytes.length > MAX_NAME ? "" : String.fromCharCode(...bytes);
  }

  text(): string {
    try {
      return strict.decode(this.take(this.textLength()));
    } catch (error) {
      if (error instanceof FormError) throw error;
      throw new FormError("a text is not UTF-8");
    }
  }

  /** Pass over one value, whatever it is. */
  skip(depth: number): void {
    if (depth > MAX_DEPTH) throw new FormError("it is too deep");
    const code = this.byte();
    if (code < 0x80 || code >= 0xe0 || code === 0xc0 || code === 0xc2 || code === 0xc3) return;
    if (code < 0x90) this.skipAll(2 * (code & 0x0f), depth);
    else if (code < 0xa0) this.skipAll(code & 0x0f, depth);
    else if (code < 0xc0) this.take(code & 0x1f);
    else if (code === 0xc1) throw new FormError("there is no such value");
    else if (code <= 0xc6) this.take(this.size(code - 0xc4));
    else if (code <= 0xc9) this.take(this.size(code - 0xc7) + 1);
    else if (code <= 0xcb) this.take(code === 0xca ? 4 : 8);
    else if (code <= 0xd3) this.take(1 << (code & 0x03));
    else if (code <= 0xd8) this.take((1 << (code - 0xd4)) + 1);
    else if (code <= 0xdb) this.take(this.size(code - 0xd9));
    else if (code <= 0xdd) this.skipAll(this.size(code - 0xdc + 1), depth);
    else this.skipAll(2 * this.size(code - 0xde + 1), depth);
  }

  private skipAll(count: number, depth: number): void {
    for (let left = count; left > 0; left--) this.skip(depth + 1);
  }

  private value(form: Form, name: string): unknown {
    if (form.orNull && this.data[this.at] === 0xc0) {
      this.at++;
      return null;
    }
    switch (form.is) {
      case "int":
        return within(this.int(), form.least, form.most, name);
      case "float": {
        const value = this.float();
        if (!(value > (form.above ?? Number.NEGATIVE_INFINITY))) throw new FormError(`${name} is ${value}`);
        return within(value, undefined, form.most, name);
      }
      case "text": {
        const text = this.text();
        within(characters(text), form.least, form.most, name);
        return text;
      }
      case "bytes": {
        const bytes = this.bytes();
        within(bytes.length, form.least, form.most, name);
        return bytes;
      }
      case "bool": {
        const code = this.byte();
        if (code !== 0xc2 && code !== 0xc3) throw new FormError(`${name} is neither true nor false`);
        return code === 0xc3;
      }
      case "word": {
        const word = this.text();
        if (!form.among.includes(word)) throw new FormError(`${name} is none of ${form.among.join(", ")}`);
        return word;
      }
      case "list":
        return this.list(form.of, within(this.listLength(), form.least ?? 0, form.most, name), name);
      case "set":
        return [...new Set(this.list(form.of, this.listLength(), name))].sort();
      case "map":
        return this.fields(form.fields);
    }
  }

  private list(form: Form, length: number, name: string): unknown[] {
    const values: unknown[] = [];
    for (let left = length; left > 0; left--) values.push(this.value(form, name));
    return values;
  }

  private int(): number {
    const code = this.byte();
    if (code < 0x80) return code;
    if (code >= 0xe0) return code - 0x100;
    const start = this.at;
    switch (code) {
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.size(code - 0xcc);
      case 0xcf:
        this.take(8);
        return Number(this.view.getBigUint64(start));
      case 0xd0:
        this.take(1);
        return this.view.getInt8(start);
      case 0xd1:
        this.take(2);
        return this.view.getInt16(start);
      case 0xd2:
        this.take(4);
        return this.view.getInt32(start);
      case 0xd3:
        this.take(8);
        return Number(this.view.getBigInt64(start));
    }
    throw new FormError("it is not a whole number");
  }

  private float(): number {
    const code = this.data[this.at];
    if (code !== 0xca && code !== 0xcb) return this.int();
    const start = this.at + 1;
    this.take(code === 0xca ? 5 : 9);
    return code === 0xca ? this.view.getFloat32(start) : this.view.getFloat64(start);
  }

  private bytes(): Uint8Array {
    const code = this.byte();
    if (code < 0xc4 || code > 0xc6) throw new FormError("it is not bytes");
    return this.take(this.size(code - 0xc4));
  }

  private listLength(): number {
    const code = this.byte();
    if ((code & 0xf0) === 0x90) return code & 0x0f;
    if (code === 0xdc || code === 0xdd) return this.size(code - 0xdc + 1);
    throw new FormError("it is not a list");
  }

  private textLength(): number {
    const code = this.byte();
    if ((code & 0xe0) === 0xa0) return code & 0x1f;
    if (code >= 0xd9 && code <= 0xdb) return this.size(code - 0xd9);
    throw new FormError("it is not a text");
  }

  /** Return a number of 1, 2 or 4 bytes, by the power of two. */
  private size(power: number): number {
    const start = this.at;
    this.take(1 << power);
    if (power === 0) return this.view.getUint8(start);
    return power === 1 ? this.view.getUint16(start) : this.view.getUint32(start);
  }

  private byte(): number {
    const byte = this.data[this.at];
    if (byte === undefined) throw new FormError("it is cut off");
    this.at++;
    return byte;
  }

  private take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.data.length) throw new FormError("it is cut off");
    const taken = this.data.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}

function within(value: number, least: number | undefined, most: number | undefined, name: string): number {
  if (least !== undefined && !(value >= least)) throw new FormError(`${name} is less than ${least}`);
  if (most !== undefined && !(value <= most)) throw new FormError(`${name} is more than ${most}`);
  return value;
}

/** Return how many characters a text has, which JavaScript counts in halves. */
function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  return count;
}
