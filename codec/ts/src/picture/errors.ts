/** The packet is damaged, or belongs to a picture that was never seen: ask for a whole one. */
export class BadPacketError extends Error {}
