import { dayOf } from "../words/time";

/// The node's time, as far as the page knows it; it moves once in five seconds.
export const clock = $state({ now: Date.now(), ahead: 0, today: dayOf(Date.now()) });

const tickMs = 5_000;
function tick(): void {
  clock.now = Date.now() + clock.ahead;
  clock.today = dayOf(clock.now);
}
setInterval(tick, tickMs);

const sameMs = 1_000; // a way over the network that took longer moves nothing

/// The node has said what time it is.
export function setClock(text: string): void {
  const ahead = Date.parse(text) - Date.now();
  if (Number.isNaN(ahead) || Math.abs(ahead - clock.ahead) < sameMs) return;
  clock.ahead = ahead;
  tick();
}
