import { dayOf } from "../words/time";

/// The node's time, as far as the page knows it; it moves once in five seconds.
export const clock = $state({ now: Date.now(), ahead: 0, today: dayOf(Date.now()) });

const tickMs = 5_000;
function tick(): void {
  clock.now = Date.now() + clock.ahead;
  clock.today = dayOf(clock.now);
}
setInterval(tick, tickMs);

/// The node has said what time it is.
export function setClock(text: string): void {
  const now = Date.parse(text);
  if (Number.isNaN(now)) return;
  clock.ahead = now - Date.now();
  tick();
}
