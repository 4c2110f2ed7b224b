/** Tiles as codec/tiles.py writes them: in one colour, in two, as a photograph, or plain. */

export const TILE = 16;
const PIXELS = TILE * TILE;
const PLANE = PIXELS;
const SOLID = 0;
const TWO = 1;
const PHOTO = 2;
const PLAIN = 3;
const SIZES = [3, 6 + PIXELS / 8, 3 * PIXELS, 3 * PIXELS] as const;
const OPAQUE = 0xff000000;

/** The bytes are not those of so many tiles. */
export class BadTilesError extends Error {}

/** Where the tiles of each kind begin. The kinds stand first, one byte a tile; each kind's tiles stand together. */
export class TileReader {
  private readonly at: number[] = [];

  /** Throws BadTilesError unless `raw` holds exactly `count` tiles from `start` on. */
  constructor(
    private readonly raw: Uint8Array,
    private readonly start: number,
    count: number,
  ) {
    const numbers = [0, 0, 0, 0];
    if (start + count > raw.length) throw new BadTilesError("the tiles do not fill the packet");
    for (let tile = 0; tile < count; tile += 1) {
      const kind = raw[start + tile]!;
      if (kind > PLAIN) throw new BadTilesError("a tile is of no known kind");
      numbers[kind]! += 1;
    }
    let at = start + count;
    for (const kind of [SOLID, TWO, PHOTO, PLAIN]) {
      this.at[kind] = at;
      at += numbers[kind]! * SIZES[kind]!;
    }
    if (at !== raw.length) throw new BadTilesError("the tiles do not fill the packet");
  }

  /** Paint tile number `tile` into `pixels` at `line`, where rows lie `stride` apart. Call for each tile in order. */
  paint(tile: number, pixels: Uint32Array, line: number, stride: number): void {
    const kind = this.raw[this.start + tile]!;
    const at = this.at[kind]!;
    this.at[kind] = at + SIZES[kind]!;
    if (kind === SOLID) this.solid(at, pixels, line, stride);
    else if (kind === TWO) this.two(at, pixels, line, stride);
    else if (kind === PHOTO) this.photo(at, pixels, line, stride);
    else this.plain(at, pixels, line, stride);
  }

  private solid(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const colour = this.colour(at);
    for (let y = 0; y < TILE; y += 1) pixels.fill(colour, line + y * stride, line + y * stride + TILE);
  }

  private two(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const [zero, one] = [this.colour(at), this.colour(at + 3)];
    let byte = at + 6;
    for (let y = 0; y < TILE; y += 1, byte += 2) {
      let bits = this.raw[byte]! | (this.raw[byte + 1]! << 8);
      for (let x = 0; x < TILE; x += 1, bits >>= 1) pixels[line + y * stride + x] = bits & 1 ? one : zero;
    }
  }

  private photo(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const { raw } = this;
    for (let x = 0; x < TILE; x += 1) {
      let [green, blue, red] = [0, 0, 0];
      for (let y = 0, place = at + x; y < TILE; y += 1, place += TILE) {
        green = (green + raw[place]!) & 0xff;
        blue = (blue + raw[place + PLANE]!) & 0xff;
        red = (red + raw[place + 2 * PLANE]!) & 0xff;
        pixels[line + y * stride + x] =
          OPAQUE | (((blue + green) & 0xff) << 16) | (green << 8) | ((red + green) & 0xff);
      }
    }
  }

  private plain(at: number, pixels: Uint32Array, line: number, stride: number): void {
    let place = at;
    for (let y = 0; y < TILE; y += 1) {
      for (let x = 0; x < TILE; x += 1, place += 3) pixels[line + y * stride + x] = this.colour(place);
    }
  }

  /** B, G, R as a canvas wants it. */
  private colour(at: number): number {
    return OPAQUE | (this.raw[at]! << 16) | (this.raw[at + 1]! << 8) | this.raw[at + 2]!;
  }
}
