/** Something that others wait for, as asyncio.Event is in Python. */
export class Flag {
  private waiting = new Set<() => void>();
  private happened = false;

  get isSet(): boolean {
    return this.happened;
  }

  set(): void {
    this.happened = true;
    const waiting = this.waiting;
    this.waiting = new Set();
    for (const resume of waiting) resume();
  }

  clear(): void {
    this.happened = false;
  }

  /** Resolves when it is set. */
  wait(): Promise<void> {
    return this.happened ? Promise.resolve() : new Promise((resolve) => this.waiting.add(resolve));
  }

  /** Resolves when it is set, or after so many seconds; with whether it was set. */
  waitFor(seconds: number): Promise<boolean> {
    if (this.happened) return Promise.resolve(true);
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.waiting.delete(resume);
        resolve(this.happened);
      };
      const timer = setTimeout(resume, 1_000 * seconds);
      this.waiting.add(resume);
    });
  }
}
