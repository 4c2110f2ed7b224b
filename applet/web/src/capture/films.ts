/** What a page needs for films, loaded when something moves: a camera, or a screen on a line that cannot carry it exactly. */

import { videoPacket } from "@deskside/codec/picture/videoPackets";
import { Film, writesFilms } from "./film.ts";
import { ScreenFilm } from "./screenFilm.ts";

/** What makes films. */
export interface Films {
  Film: typeof Film;
  ScreenFilm: typeof ScreenFilm;
  videoPacket: typeof videoPacket;
}

/** Return what makes films, null where this browser writes none of this size. */
export async function filmsOf(width: number, height: number): Promise<Films | null> {
  return (await writesFilms(width, height)) ? { Film, ScreenFilm, videoPacket } : null;
}
