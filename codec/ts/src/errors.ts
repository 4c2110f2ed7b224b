/** The one root of every error that Deskside throws on purpose. Each is declared beside the code that throws it. */
export class DesksideError extends Error {
  override name = "DesksideError";
}
