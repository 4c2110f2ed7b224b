/** One recording that is played, as this page knows it. The engine decides what is shown; the page paints and asks. */

import type { SessionMessage } from "@deskside/codec/wire/messages";
import { computed, signal } from "@preact/signals";
import type { Zoom } from "../input/places";
import { pictureOf, Screen } from "../picture/screen";
import type { Act, Mark, PlayerNow, PlayerOpened } from "../wire/page.gen";

export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;
const RESTING: PlayerNow = { type: "player_now", at: 0, playing: false, speed: 1, skips: false, waits: true };
let count = 0;

export interface PointerPicture {
  address: string;
  hotX: number;
  hotY: number;
  width: number;
}

export class Player {
  /** Tells players apart, also two of one recording. */
  readonly number = ++count;
  readonly opened = signal<PlayerOpened | undefined>(undefined);
  readonly now = signal<PlayerNow>(RESTING);
  /** The second that is shown; between two words of the engine it runs on by itself. */
  readonly at = signal(0);
  readonly size = signal({ width: 0, height: 0 });
  readonly zoom = signal<Zoom>("fit");
  readonly pointer = signal<PointerPicture | undefined>(undefined);
  readonly place = signal<{ x: number; y: number } | undefined>(undefined);
  readonly screen: Screen;
  /** The mark that was passed last. */
  readonly mark = computed<Mark | undefined>(() =>
    this.opened.value?.marks.findLast((each) => each.at <= this.at.value),
  );
  /** Where the picture is damaged just now: until which second. */
  readonly missingUntil = computed(
    () => this.opened.value?.missing.find((each) => each.begins < this.at.value && this.at.value < each.ends)?.ends,
  );
  private told = 0;
  private turn = 0;

  /** `code` is zstd's; `say` asks the engine. */
  constructor(
    readonly recording: string,
    readonly file: string,
    code: WebAssembly.Module,
    private readonly say: (act: Act, value: number) => void,
  ) {
    this.screen = new Screen(code);
    this.screen.resized = () => {
      this.size.value = { width: this.screen.width, height: this.screen.height };
    };
  }

  open(message: PlayerOpened): void {
    this.opened.value = message;
  }

  take(message: PlayerNow): void {
    this.now.value = message;
    this.at.value = message.at;
    this.told = performance.now();
    cancelAnimationFrame(this.turn);
    if (message.playing && !message.waits) this.turn = requestAnimationFrame(() => this.run());
  }

  do(act: Act, value = 0): void {
    this.say(act, value);
  }

  /** Run, or rest. */
  toggle(): void {
    this.do(this.now.value.playing ? "pause" : "play");
  }

  seek(second: number): void {
    const at = Math.min(Math.max(second, 0), this.opened.value?.seconds ?? 0);
    this.at.value = at;
    this.do("seek", at);
  }

  /** Run at the next speed, or the one before. */
  faster(by: 1 | -1): void {
    const place = SPEEDS.indexOf(this.now.value.speed as (typeof SPEEDS)[number]);
    const speed = SPEEDS[Math.min(Math.max(place + by, 0), SPEEDS.length - 1)]!;
    this.now.value = { ...this.now.value, speed }; // the next press may come before the engine's answer
    this.do("speed", speed);
  }

  hear(message: SessionMessage): void {
    switch (message.kind) {
      case "picture":
        this.screen.show(message.packet, (outcome) => {
          if (outcome === "shown") this.do("shown", message.number);
          if (outcome === "refresh") this.do("refresh");
        });
        break;
      case "pointer_shape": {
        const address = pictureOf(message);
        this.pointer.value =
          address === undefined
            ? undefined
            : { address, hotX: message.hot_x, hotY: message.hot_y, width: message.width };
        break;
      }
      case "pointer_at":
        this.place.value = { x: message.x, y: message.y };
        break;
    }
  }

  close(): void {
    cancelAnimationFrame(this.turn);
    this.screen.close();
  }

  private run(): void {
    const { at, speed } = this.now.value;
    const passed = ((performance.now() - this.told) / 1000) * speed;
    this.at.value = Math.min(at + passed, this.opened.value?.seconds ?? 0);
    this.turn = requestAnimationFrame(() => this.run());
  }
}
