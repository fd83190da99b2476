/** The ladder in words: a line for each step, as it can be pasted into a ticket. */

import { timeOf } from "./steps.js";

/** Give the steps as `{ time, way, label }`. */
export function linesOf({ heads, steps }) {
  const names = new Map(heads.map(({ key, title }) => [key, title]));
  return steps.map((step) => ({ time: timeOf(step.at), way: wayOf(step, names), label: step.label, tone: step.tone }));
}

/** Give it all as plain text: `told` is what stands above it, a line each. */
export function textOf(ladder, told) {
  const lines = linesOf(ladder);
  const wide = Math.max(0, ...lines.map(({ way }) => [...way].length));
  const rows = lines.map(({ time, way, label }) => `${time.padEnd(12)}  ${way.padEnd(wide)}  ${label}`);
  return [...told, "", ...rows, ""].join("\n");
}

function wayOf({ from, to, both }, names) {
  const [one, other] = [names.get(from) ?? from, names.get(to) ?? to];
  return from === to ? one : `${one} ${both ? "↔" : "→"} ${other}`;
}
