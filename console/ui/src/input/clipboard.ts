/** The technician's clipboard while it is shared: text only, and what came from the customer is not sent back. */

export class SharedClipboard {
  /** What a customer copied is never passed on to another customer. */
  private static theirs: { text: string; owner: SharedClipboard } | undefined;
  private last: string | undefined;
  private pending: string | undefined;

  constructor(private readonly send: (text: string) => void) {}

  /** From now on: what was copied before sharing began stays here. */
  async begin(): Promise<void> {
    this.last = await read();
  }

  /** The technician may have copied something: send it if it is new. Call with the page in focus. */
  async look(): Promise<void> {
    if (this.pending !== undefined) {
      await this.take(this.pending);
      return;
    }
    const text = await read();
    if (text === undefined || text === "" || text === this.last) return;
    this.last = text;
    const { theirs } = SharedClipboard;
    if (theirs?.text === text && theirs.owner !== this) return;
    this.send(text);
  }

  /** The customer copied this. It waits for the page to be in focus, because browsers write only then. */
  async take(text: string): Promise<void> {
    this.pending = text;
    SharedClipboard.theirs = { text, owner: this };
    try {
      await navigator.clipboard.writeText(text);
      this.last = text;
      this.pending = undefined;
    } catch {
      // Not in focus, or not allowed: `look` tries again when the page is in focus.
    }
  }
}

async function read(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return undefined;
  }
}
