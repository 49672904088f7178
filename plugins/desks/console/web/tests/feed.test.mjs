import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Feed, backoffMs, follow, sessionOverCode } = await load("door/feed.ts");
const event = (sequence, name = "contact.opened") => ({ sequence: String(sequence), name, subject: "", number: "0" });

test("what was seen already comes once", () => {
  const { fresh, last, jumped } = follow(7n, [event(6), event(7), event(8), event(8), event(9)]);
  assert.deepEqual(fresh.map((one) => one.sequence), ["8", "9"]);
  assert.equal(last, 9n);
  assert.equal(jumped, false);
});

test("a gap is noticed, but not where the page begins", () => {
  assert.equal(follow(7n, [event(9)]).jumped, true);
  assert.equal(follow(0n, [event(900)]).jumped, false);
});

test("sequences beyond what a double holds stay exact", () => {
  const { last, jumped } = follow(9007199254740993n, [event("9007199254740994")]);
  assert.equal(last, 9007199254740994n);
  assert.equal(jumped, false);
});

test("it is tried again more and more seldom, within limits, and not by all at once", () => {
  for (let tries = 1; tries < 40; ++tries) {
    assert.ok(backoffMs(tries, 0) >= 250 && backoffMs(tries, 1) <= 20_000);
    assert.ok(backoffMs(tries + 1, 0.5) >= backoffMs(tries, 0.5));
  }
  assert.notEqual(backoffMs(3, 0), backoffMs(3, 1));
});

function stage() {
  const lines = [];
  const waiting = [];
  const feed = new Feed({
    ticket: async () => {
      if (stage.refuses) throw new Error("no");
      return "a ticket";
    },
    open: () => {
      const line = { sent: [], send: (text) => line.sent.push(JSON.parse(text)), close: () => {} };
      lines.push(line);
      return line;
    },
    later: (_ms, work) => {
      waiting.push(work);
      return () => waiting.splice(waiting.indexOf(work), 1);
    },
    chance: () => 0.5,
  });
  stage.refuses = false;
  return { feed, lines, waiting };
}
const turn = () => new Promise((done) => setImmediate(done));
const give = (line, ...events) => line.onmessage({ data: JSON.stringify({ feed: events }) });

test("after a lost connection it goes on behind the last one, and says that lists are to be read again", async () => {
  const { feed, lines, waiting } = stage();
  const news = [];
  let missed = 0;
  feed.news = (events) => news.push(...events);
  feed.missed = () => (missed += 1);
  feed.start();
  await turn();
  lines[0].onopen();
  assert.deepEqual(lines[0].sent, [{ ticket: "a ticket", after: "0" }]);
  give(lines[0], event(41), event(42));
  lines[0].onclose({ code: 1006 });
  assert.equal(waiting.length, 1);
  waiting.shift()();
  await turn();
  lines[1].onopen();
  assert.deepEqual(lines[1].sent, [{ ticket: "a ticket", after: "42" }]);
  give(lines[1], event(42), event(43));
  assert.deepEqual(news.map((one) => one.sequence), ["41", "42", "43"]);
  assert.equal(missed, 2);
});

test("a session that is over is not tried again", async () => {
  const { feed, lines, waiting } = stage();
  let over = 0;
  feed.over = () => (over += 1);
  feed.start();
  await turn();
  lines[0].onopen();
  lines[0].onclose({ code: sessionOverCode });
  assert.equal(over, 1);
  assert.equal(waiting.length, 0);
  feed.start(); // somebody signed in again
  await turn();
  assert.equal(lines.length, 2);
});

test("no ticket is tried again, and a stopped feed is not", async () => {
  const { feed, lines, waiting } = stage();
  stage.refuses = true;
  feed.start();
  await turn();
  assert.equal(waiting.length, 1);
  feed.stop();
  assert.equal(waiting.length, 0);
  assert.equal(lines.length, 0);
});

test("what is no JSON does no harm", async () => {
  const { feed, lines } = stage();
  feed.start();
  await turn();
  lines[0].onopen();
  lines[0].onmessage({ data: "{" });
  lines[0].onmessage({ data: "{}" });
  give(lines[0], event(5));
});
