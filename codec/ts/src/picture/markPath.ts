/** What a technician draws over a picture, as a path that both ends show alike. Pure. */

import { type Mark, POSITIONS } from "../wire/messages.gen.ts";

/** An arrow's head: its length as part of the picture's longer side, and its half angle. */
const HEAD = 0.03;
const SPREAD = Math.PI / 7;

type Point = readonly [x: number, y: number];

/** Return the SVG path of a mark over a picture of this size, in its pixels. */
export function markPath(
  { shape, points: numbers }: Pick<Mark, "shape" | "points">,
  width: number,
  height: number,
): string {
  const points: Point[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    points.push([(numbers[at]! * width) / POSITIONS, (numbers[at + 1]! * height) / POSITIONS]);
  }
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  if (shape === "rectangle") return line([first, [last[0], first[1]], last, [first[0], last[1]], first]);
  if (shape === "pen") return line(points);
  const direction = Math.atan2(last[1] - first[1], last[0] - first[0]);
  const length = HEAD * Math.max(width, height);
  const [left, right] = [-1, 1].map((side): Point => {
    const back = direction + Math.PI + side * SPREAD;
    return [last[0] + length * Math.cos(back), last[1] + length * Math.sin(back)];
  });
  return line([first, last]) + line([left!, last, right!]);
}

function line(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
}
