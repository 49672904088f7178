// A child who writes, and what the node has of it.
import WebSocket from "ws";

/** Writes message after message, each once it has the tick of the one before; again after a cut. */
export async function write(port, count, each) {
  const texts = Array.from({ length: count }, (_, i) => `رسالة ${i}`);
  let at = 0, token;
  while (at < count) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
    const send = () => socket.send(JSON.stringify({ t: "msg", cid: `message-${String(at).padStart(8, "0")}`, text: texts[at], lang: "ar" }));
    await new Promise((closed) => {
      socket.on("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1, ...(token && { token }) })));
      socket.on("message", (bytes) => {
        const frame = JSON.parse(bytes);
        if (frame.t === "welcome") { token = frame.token; send(); }
        if (frame.t === "later") setTimeout(send, frame.ms);
        if (frame.t === "ack" && ++at === count) socket.close();
        else if (frame.t === "ack") { each(at); send(); }
      });
      socket.on("error", closed);
      socket.on("close", closed);
    });
  }
  return texts;
}

/** What the node has of the child whose messages were `told`. */
export async function keptOf(nodes, name, told) {
  const contacts = await nodes.ask(name, "contact", "list");
  const shown = await Promise.all(contacts.map(({ id }) => nodes.ask(name, "contact", "show", id)));
  return shown.map(({ messages }) => messages.map(({ text }) => text)).find((texts) => texts.includes(told[0]));
}
