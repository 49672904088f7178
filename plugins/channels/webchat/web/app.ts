import { Connection } from "./connection";
import { prepareExit } from "./exit";
import { Speech, type Key, type Language, type Setup } from "./language";
import { ComingBack } from "./coming_back";
import { refuseMedia } from "./media";
import { codeOf, forget, keep, recall, type Key as Kept } from "./memory";
import { Outbox } from "./outbox";
import {
  characters,
  charactersMax,
  clean,
  newName,
  type ConversationState,
  type FromPlugin,
  type Message,
  type Standing,
} from "./protocol";
import { Survey } from "./survey";
import { View } from "./view";
import { Waiting } from "./waiting";

const typingEvery = 3000;

const form = document.getElementById("talk") as HTMLFormElement;
const box = form.querySelector("textarea")!;
const field = (name: string) => form.querySelector<HTMLInputElement>(`[name=${name}]`)!.value;
const stateLine = document.getElementById("state")!;
const notice = document.getElementById("notice")!;
const noticeButton = notice.querySelector("button")!;

const setup = JSON.parse(document.getElementById("setup")!.textContent!) as Setup;
const speech = new Speech(setup);
const view = new View(speech);

const words = document.querySelector(".words")!.textContent!;
let key = recall({
  token: field("token"),
  code: field("code"),
  words: { ar: words, fr: words, en: words },
});
let newest = 0; // up to here this page has everything; what was only acknowledged does not count
let welcomed = false; // the plugin has answered hello and told all it knew
let state: ConversationState = "none";
let network: "none" | "connecting" | "on" | "lost" = "none";
let busy = false;
let typedAt = 0;

const connection = new Connection({ opened: hello, received, lost });
const outbox = new Outbox((message) => welcomed && connection.send(message));
const waiting = new Waiting(speech, connection);
const comingBack = new ComingBack(speech, {
  left: () => {
    connection.send({ t: "leave", how: "closed" });
    startAgain();
    tell("left");
  },
  opened: (kept) => startAgain(kept),
});
const survey = new Survey((answers) => connection.send({ ...answers, t: "feel" }));

// ---------------------------------------------------------------- what the person sees of it

function showState(): void {
  let now: Key = "idle";
  if (state === "ended") now = "ended";
  else if (network === "connecting") now = "connecting";
  else if (network === "lost") now = "lost";
  else if (busy && outbox.size > 0) now = "later";
  else if (outbox.size > 0) now = "sending";
  else if (state === "open" || state === "waiting") now = state;
  else if (network === "on") now = "ready";
  document.body.dataset.state = now;
  const text = speech.say(now);
  if (stateLine.textContent !== text) stateLine.textContent = text;
}

function tell(about: Key, button?: { key: Key; press: () => void }): void {
  notice.hidden = false;
  notice.dataset.about = about;
  const words = notice.querySelector("p")!;
  words.dataset.text = about;
  words.textContent = speech.say(about);
  noticeButton.hidden = !button;
  if (!button) return;
  noticeButton.dataset.text = button.key;
  noticeButton.textContent = speech.say(button.key);
  noticeButton.onclick = () => {
    hush();
    button.press();
  };
}

function hush(about?: Key): void {
  if (!about || notice.dataset.about === about) notice.hidden = true;
}

function setState(next: ConversationState): void {
  state = next;
  form.hidden = state === "ended";
  survey.show(state === "ended");
  if (state !== "waiting") waiting.rest();
  if (state === "ended") tell("ended", { key: "again", press: () => startAgain() });
  showState();
}

// ---------------------------------------------------------------- the conversation

function connect(): void {
  if (network !== "none") return;
  network = "connecting";
  connection.open();
  showState();
}

function hello(press = false): void {
  connection.send({ t: "hello", token: key?.token, after: newest, ...(press ? { press: 1 } : {}) });
}

function lost(): void {
  welcomed = false;
  network = "lost";
  outbox.suspend();
  waiting.rest();
  showState();
}

function received(message: FromPlugin): void {
  switch (message.t) {
    case "welcome":
      // Only a new conversation brings its code; one that goes on keeps what it had.
      key = { ...codeOf(key), ...codeOf(message), token: message.token };
      keep(key);
      comingBack.show(codeOf(key));
      network = "on";
      connection.settled();
      setState(message.state);
      take(message.messages, message.more);
      return stand(message);
    case "place":
      return stand(message);
    case "thanks":
      if (message.later) return tell("notTaken");
      survey.thank();
      return tell("thanks", { key: "again", press: () => startAgain() });
    case "page":
      return take(message.messages, message.more);
    case "msg":
      return arrive(message);
    case "ack":
      busy = false;
      outbox.settle(message.cid);
      view.receive(message.cid, message.seq);
      if (state === "none") {
        state = "waiting";
        waiting.ask();
      }
      return showState();
    case "later":
      busy = true;
      outbox.later(message.cid, message.ms);
      return showState();
    case "refused":
      return giveBack(message.cid, message.code);
    case "state":
      setState(message.state);
      return waiting.ask();
    case "press":
      return tell("press", { key: "talk", press: () => hello(true) });
    case "error":
      if (message.code === "token_invalid") key = undefined;
      return;
    case "pong":
      return;
  }
}

function stand(standing: Standing): void {
  view.read(standing.read);
  waiting.told(standing, state === "waiting");
}

function take(messages: Message[], more: boolean): void {
  for (const message of messages) {
    view.add(message);
    if (message.from === "person") outbox.settle(message.cid);
    newest = Math.max(newest, message.seq);
  }
  if (more) return void connection.send({ t: "more", after: newest });
  if (!welcomed) {
    welcomed = true;
    outbox.resume();
  }
  showSeen();
  showState();
}

function arrive(message: Message): void {
  view.add(message);
  // What another tab wrote can come before a counsellor's line that was stored earlier.
  if (message.from === "helpline") {
    newest = Math.max(newest, message.seq);
    waiting.ask();
  }
  showSeen();
}

function showSeen(): void {
  if (welcomed && newest > 0 && document.visibilityState === "visible")
    connection.send({ t: "seen", seq: newest });
}

function giveBack(cid: string, code: string): void {
  const text = outbox.settle(cid);
  view.remove(cid);
  if (text !== null) box.value = box.value ? `${text}\n${box.value}` : text;
  tell(code === "too_long" ? "tooLong" : code === "empty" ? "empty" : "refused");
  resize();
  showState();
}

/** Another conversation: a new one, or that of `kept`. */
function startAgain(kept?: Kept): void {
  forget();
  hush();
  key = kept;
  newest = 0;
  view.clear();
  outbox.clear();
  survey.forget();
  comingBack.forget();
  welcomed = false;
  network = "connecting";
  setState("none");
  connection.restart();
  box.focus();
}

// ---------------------------------------------------------------- writing

function resize(): void {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function submit(): void {
  const text = clean(box.value);
  if (!text) return box.focus();
  if (characters(text) > charactersMax) return tell("tooLong");
  connect();
  hush("tooLong");
  hush("refused");
  const cid = newName();
  view.addPending(cid, text);
  box.value = "";
  resize();
  outbox.add({ cid, text, lang: speech.tag });
  showState();
  box.focus();
}

box.addEventListener("focus", connect);
box.addEventListener("input", () => {
  connect();
  resize();
  if (characters(box.value) <= charactersMax) hush("tooLong");
  const now = Date.now();
  if (welcomed && state !== "none" && now - typedAt > typingEvery) {
    typedAt = now;
    connection.send({ t: "typing" });
  }
});
box.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!sends || !matchMedia("(pointer: fine)").matches) return; // on a telephone Enter is a new line
  event.preventDefault();
  submit();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
document.addEventListener("visibilitychange", showSeen);
addEventListener("resize", () => view.showNewest());

document.querySelectorAll<HTMLAnchorElement>("nav a").forEach((tile) =>
  tile.addEventListener("click", (event) => {
    event.preventDefault();
    speech.choose(tile.dataset.tile as Language);
    comingBack.say();
    waiting.show();
    showState();
  }),
);

const exit = document.getElementById("exit") as HTMLAnchorElement;
prepareExit(
  exit,
  (left) => {
    const dots = exit.querySelector("i")!;
    dots.hidden = left === 0;
    dots.textContent = left === 2 ? "●○○" : "●●○";
    document.getElementById("presses")!.textContent =
      left === 0 ? "" : speech.say(left === 2 ? "exitTwo" : "exitOne");
  },
  () => {
    connection.send({ t: "leave", how: "quick" });
    connection.close();
    // Its answer makes the browser throw away what it may have kept of this site.
    navigator.sendBeacon("/bye");
  },
);

// A jump to the field leaves no "#" in the address.
document.querySelector(".skip")!.addEventListener("click", (event) => {
  event.preventDefault();
  box.focus();
});
document.querySelectorAll("details").forEach((card) =>
  card.addEventListener("toggle", () => {
    if (card.open) card.scrollIntoView({ block: "nearest" });
  }),
);
refuseMedia(() => {
  tell("pictureNo");
  document.getElementById("hash")!.setAttribute("open", "");
});

// The page may have come as the answer to a form, before its script was there: from here on the
// script shows the conversation.
document.documentElement.className = "lively";
view.clear();
form.hidden = false;
hush();
speech.choose(setup.language);
resize();
if (key) connect();
showState();
