// Scenarios of sipp, written from steps: what a caller, or a telephone that is rung, does in order.
// Numbers are of a range that nobody has.

const caller = "+212600000001";
export const audio = {
  pcma: "8 101|8 PCMA/8000|101 telephone-event/8000",
  pcmu: "0|0 PCMU/8000",
  pcmuEvents: "0 101|0 PCMU/8000|101 telephone-event/8000",
  events96: "8 96|8 PCMA/8000|96 telephone-event/8000",
  opus: "111|111 opus/48000/2",
};

/** An SDP; `sections` go behind the sound, `before` in front of it. */
export function sdp(kind = audio.pcma, { version = 1, direction = "sendrecv", address = "[media_ip]", family = "IP[media_ip_type]", before = "", sections = "", port = "[auto_media_port]", ptime = 20 } = {}) {
  const [types, ...maps] = kind.split("|");
  return ["v=0", `o=sipp 1 ${version} IN IP[local_ip_type] [local_ip]`, "s=-", `c=IN ${family} ${address}`, "t=0 0",
    ...(before ? [before] : []), `m=audio ${port} RTP/AVP ${types}`, ...maps.map((map) => `a=rtpmap:${map}`),
    `a=ptime:${ptime}`, `a=${direction}`, ...(sections ? [sections] : [])].join("\n");
}

function message(lines, body = "", type = "application/sdp") {
  const text = [...lines.filter(Boolean), ...(body ? [`Content-Type: ${type}`] : []), "Content-Length: [len]", "", body].join("\n      ");
  return `<![CDATA[\n      ${text}${body ? "\n" : ""}\n    ]]>`;
}

/** A request of the caller's. Within the call, `within` is its number in the dialog. */
function request(method, within, { body, type, headers = [], from = `"Caller" <sip:${caller}@[local_ip]:[local_port]>`, to = "sip:[service]@[remote_ip]:[remote_port]" } = {}) {
  return message([
    `${method} ${within ? "[next_url]" : to} SIP/2.0`,
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    within && "[routes]",
    `From: ${from};tag=[pid]c[call_number]`,
    `To: <${to}>${within ? "[peer_tag_param]" : ""}`,
    "Call-ID: [call_id]", `CSeq: ${within || 1} ${method}`,
    "Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>", "Max-Forwards: 70", ...headers,
  ], body, type);
}

export const step = {
  send: (text, retransmit = true) => `<send${retransmit ? ' retrans="500"' : ""}>${text}</send>`,
  invite: (body = sdp(), options = {}) => step.send(request("INVITE", 0, { body, ...options })),
  again: (number, body) => step.send(request("INVITE", number, { body })),
  ack: (number = 1, body = "") => step.send(request("ACK", number, { body }), false),
  within: (method, number, options) => step.send(request(method, number, options)),
  /** What RFC 3261 wants of an ACK to a refusal. */
  ackRefusal: () => step.send(message(["ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0", "[last_Via:]", "[last_From:]", "[last_To:]", "Call-ID: [call_id]", "CSeq: 1 ACK"]), false),
  cancel: () => step.send(message(["CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0", "[last_Via:]", "[last_From:]", `To: <sip:[service]@[remote_ip]:[remote_port]>`, "Call-ID: [call_id]", "CSeq: 1 CANCEL", "Max-Forwards: 70"])),
  answer: (status, reason, { body = "", headers = [], tag = true } = {}) => step.send(message([
    `SIP/2.0 ${status} ${reason}`, "[last_Via:]", "[last_Record-Route:]", "[last_From:]", `[last_To:]${tag ? ";tag=[pid]a[call_number]" : ""}`, "[last_Call-ID:]", "[last_CSeq:]",
    "Contact: <sip:phone@[local_ip]:[local_port];transport=[transport]>", ...headers], body), status >= 200 && tag),
  expect: (status, more = "") => `<recv response="${status}" ${more}/>`,
  maybe: (...statuses) => statuses.map((status) => `<recv response="${status}" optional="true"/>`).join("\n"),
  /** 200 and what may come before it. */
  answered: () => `${step.maybe(100, 180)}<recv response="200" rrs="true" rtd="true"/>`,
  await: (method, more = "") => `<recv request="${method}" ${more}/>`,
  /** A telephone that was rung hangs up: its From was our To. Behind `ackOfOurs`. */
  ackOfOurs: () => '<recv request="ACK"><action><ereg regexp=":.*" search_in="hdr" header="From" assign_to="1"/></action></recv>',
  byeOfPhone: () => step.send(message(["BYE sip:helpline@[remote_ip]:[remote_port] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    "From: <sip:c1@[local_ip]:[local_port]>;tag=[pid]a[call_number]", "To[$1]", "Call-ID: [call_id]", "CSeq: 7 BYE", "Max-Forwards: 70"])),
  pause: (ms) => `<pause milliseconds="${ms}"/>`,
  play: (file) => `<nop><action><exec play_pcap_audio="${file}"/></action></nop>`,
  /** Fails the call unless the last message has this. */
  holds: (status, pattern, more = "") => `<recv response="${status}" ${more}><action><ereg regexp="${pattern}" search_in="msg" check_it="true" assign_to="1"/></action></recv><Reference variables="1"/>`,
};

/** The usual beginning of a call, and its usual end. */
export const call = (body, options) => [step.invite(body, options), step.answered(), step.ack()];
export const bye = (number) => [step.within("BYE", number), step.expect(200)];
export const byeComes = (timeout = 15000) => [step.await("BYE", `timeout="${timeout}"`), step.answer(200, "OK", { tag: false })];

export function scenario(steps) {
  const text = steps.flat().join("\n  ");
  const references = [...new Set(text.match(/<Reference [^>]*>/g) ?? [])].join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="phone">\n  ${text.replaceAll(/<Reference [^>]*>/g, "")}${references}\n</scenario>\n`;
}
