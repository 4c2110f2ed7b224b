/** Something that others wait for, as asyncio.Event is in Python. */
export class Flag {
  private waiting: (() => void)[] = [];
  private happened = false;

  get isSet(): boolean {
    return this.happened;
  }

  set(): void {
    this.happened = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  clear(): void {
    this.happened = false;
  }

  /** Resolves when it is set. */
  wait(): Promise<void> {
    return this.happened ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Resolves when it is set, or after so many seconds; with whether it was set. */
  async waitFor(seconds: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 1_000 * seconds);
    });
    await Promise.race([this.wait(), over]);
    clearTimeout(timer);
    return this.happened;
  }
}
