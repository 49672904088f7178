// Messages that no telephone sends: those that RFC 4475 describes, written from its descriptions, and
// broken ones from a seed.

/** xorshift32: the same numbers from the same seed. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state % below;
  };
}

const pieces = ["A", "%s%n", ";", "\r\n", " ", "<", "@", ":", "\0", "\xff", "9", "\"", "\\", "\r\n\r\n"];
const lines = ["Via: x", "Route: <sip:127.0.0.1;lr>", "Record-Route: <", "Content-Length: 99999", "Content-Length: -1", "CSeq: 99999999999 X", "Expires: 4294967296", "Authorization: Digest a=,", "Require: foo", "Contact: *", "To: <sip:a@b>;tag=", "Session-Expires: 4294967297;refresher=", "Privacy: ;;;id"];
const words = ["127.0.0.1", "8000", "sip:", "IP4", "audio", "101", "SIP/2.0", "z9hG4bK", "RTP/AVP", "helpline"];
const others = ["", "999999999999", "-1", "[::1]", "%n%n", "A".repeat(300), "RTP/SAVP", "UDP/TLS/RTP/SAVPF"];

export function mutate(bytes, chance) {
  let text = bytes.toString("latin1");
  for (let times = 1 + chance(6); times > 0 && text.length; times--) {
    const at = chance(text.length);
    const put = (piece, drop = 0) => { text = text.slice(0, at) + piece + text.slice(at + drop); };
    switch (chance(7)) {
      case 0: put(String.fromCharCode(chance(256)), 1); break;
      case 1: put("", 1 + chance(40)); break;
      case 2: put(pieces[chance(pieces.length)].repeat([1, 1, 10, 500][chance(4)])); break;
      case 3: { const from = chance(text.length); put(text.slice(from, from + 1 + chance(80))); break; }
      case 4: text = text.slice(0, at); break;
      case 5: text = text.replace(words[chance(words.length)], others[chance(others.length)]); break;
      default: put(`\r\n${lines[chance(lines.length)]}\r\n`);
    }
  }
  return Buffer.from(text, "latin1").subarray(0, 8000);
}

/** One message of each kind of RFC 4475, with its section. */
export function torture(host, port) {
  let number = 0;
  const via = () => `Via: SIP/2.0/UDP ${host}:${port};rport;branch=z9hG4bKt${++number}`;
  const make = (first, changes = {}, body = "") => {
    const headers = { Via: via(), "Max-Forwards": "Max-Forwards: 70", From: "From: <sip:caller@example.com>;tag=t", To: "To: <sip:helpline@example.com>", "Call-ID": `Call-ID: torture${number}.${port}`,
      CSeq: `CSeq: 1 ${first.split(" ")[0]}`, Contact: `Contact: <sip:caller@${host}:${port}>`, "Content-Length": `Content-Length: ${body.length}`, ...changes };
    return `${first}\r\n${Object.values(headers).filter((line) => line !== null).join("\r\n")}\r\n\r\n${body}`;
  };
  const options = `OPTIONS sip:helpline@${host} SIP/2.0`, invite = `INVITE sip:helpline@${host} SIP/2.0`;
  const h = (line) => ({ More: line });
  return [
    // 3.1.1: strange, and right
    make(invite, { Via: `v:  SIP  / 2.0  / UDP\r\n  ${host}:${port} ; branch = z9hG4bKt.tor`, To: 'TO :\r\n sip:helpline@example.com ;   tag    = 1918181833n', From: 'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8', CSeq: "cseq: 0009\r\n  INVITE", More: 'NewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;' }),
    make("!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0", { To: 'To: "BEL:\\\x07 NUL:\\\0 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)@example.com>' }),
    make("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0", h("l: 0")),
    make("REGISTER sip:example.com SIP/2.0", { To: "To: sip:null-%00-null@example.com", From: "From: sip:null-%00-null@example.com;tag=839923423", Contact: "Contact: <sip:%00@host5.example.com>\r\nContact: <sip:%00%00@host5.example.com>" }),
    make("RE%47IST%45R sip:registrar.example.com SIP/2.0", { CSeq: "CSeq: 234902 RE%47IST%45R" }),
    make(options, { From: "From: caller<sip:caller@example.com>;tag=323" }),
    make(invite, { To: `To: "${"I have a user name of extreme".repeat(40)}"<sip:helpline@example.com:6000;unknownparam1=${"very".repeat(60)}value>`, More: `LongHeader: ${"long".repeat(700)}` }),
    make(options, {}, "").replace("Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n\r\nthis is behind the end of the message"),
    make("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"),
    make(`INVITE sip:helpline@${host};transport=UNKNOWNTCP SIP/2.0`, { Via: `Via: SIP/2.0/UNKNOWN ${host}:${port};branch=z9hG4bKt.unk` }),
    make("MESSAGE sip:helpline@example.net SIP/2.0", h("Content-Type: multipart/mixed;boundary=7a9cbec02ceef655"), "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n0\x82\x01\x52\x06\x09*\x86H\x86\xf7\r\n--7a9cbec02ceef655--"),
    "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\r\n" + make("X", { CSeq: "CSeq: 35 INVITE" }).slice(3),
    "SIP/2.0 100 \r\n" + make("X", { CSeq: "CSeq: 35 INVITE" }).slice(3),
    // 3.1.2: wrong
    make(invite, { Via: `Via: SIP/2.0/UDP ${host}:${port};;,;,,`, To: "To: sip:helpline@example.com;tag=", From: 'From: "Joe <sip:joe@example.org>;;;tag=2', CSeq: "CSeq: INVITE", Contact: 'Contact: "Joe" <sip:joe@example.org>;;;;' }),
    make(invite, { "Content-Length": "Content-Length: 9999" }, "v=0\r\n"),
    make(invite, { "Content-Length": "Content-Length: -999" }, "v=0\r\n"),
    make("REGISTER sip:example.com SIP/2.0", { CSeq: "CSeq: 36893488147419103232 REGISTER", "Max-Forwards": "Max-Forwards: 300", More: "Expires: 10000000000000000000000000000000000000000000000", Contact: "Contact: <sip:user@host129.example.com>;expires=280297596632815" }),
    "SIP/2.0 4294967301 better not break the receiver\r\n" + make("X", { CSeq: "CSeq: 9292394834772304023312 OPTIONS", More: "Retry-After: 949302838503028349304023988\r\nWarning: 1812 overture \"In Progress\"" }).slice(3),
    make(invite, { To: 'To: "Mr. J. User <sip:j.user@example.com>' }),
    make(`INVITE <sip:helpline@${host}> SIP/2.0`),
    make(`INVITE sip:helpline@${host}; lr SIP/2.0`),
    make(`INVITE  sip:helpline@${host}  SIP/2.0`),
    make(`INVITE sip:helpline@${host} SIP/2.0 `),
    make(`INVITE sip:helpline@${host}?Route=%3Csip:example.com%3E SIP/2.0`),
    make(`INVITE sip:helpline@${host} SIP/7.0`, { Via: `Via: SIP/7.0/UDP ${host};branch=z9hG4bKt7` }),
    make(invite, { CSeq: "CSeq: 8 NEWMETHOD" }),
    make("NEWMETHOD sip:helpline@example.com SIP/2.0", { CSeq: "CSeq: 8 INVITE" }),
    make("OPTIONS sip:helpline@example.com SIP/2.0", { From: "From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43" }),
    make(invite, h("Date: Fri, 01 Jan 2010 16:00:00 EST")),
    make("REGISTER sip:example.com SIP/2.0", { Contact: "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E" }),
    // 3.2 and 3.3: what is missing, and what a server may not like
    make(options, { Via: `Via: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK` }),
    make(invite, { "Call-ID": null }), make(invite, { From: null }), make(invite, { To: null }), make(invite, { CSeq: null }), make(invite, { Via: null }),
    make("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"), make("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), make("OPTIONS name:John_Smith SIP/2.0"),
    make(invite, h("Require: nothingSupportsThis, nothingSupportsThisEither\r\nProxy-Require: noProxiesSupportThis")),
    make(invite, h("Content-Type: application/unknownformat"), "<audio><pcmu port=\"443\"/></audio>"),
    make("REGISTER sip:example.com SIP/2.0", h("Authorization: NoOneKnowsThisScheme opaque-data=here")),
    make(invite, { To: "To: sip:helpline@example.com\r\nTo: sip:other@example.com", CSeq: "CSeq: 5 INVITE\r\nCSeq: 59 INVITE", "Call-ID": "Call-ID: a\r\nCall-ID: b", More: "Max-Forwards: 5\r\nMax-Forwards: 70" }),
    make(invite, h("Content-Length: 5"), "v=0\r\no=x"),
    "SIP/2.0 200 OK\r\n" + make("X", { Via: "Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe" }).slice(3),
    make(options, { "Max-Forwards": "Max-Forwards: 0" }),
    make("REGISTER sip:example.com SIP/2.0", { Contact: "Contact: sip:+19725552222;tsp=example@gw1.example.net" }),
    make("OPTIONS sip:helpline@example.com SIP/2.0", { More: "Accept: text/nobodyKnowsThis" }, ""),
    "INVITE sip:helpline SIP/2.0\r\n\r\n", "", "\r\n\r\n", "\0".repeat(200), "SIP/2.0", `OPTIONS sip:${"a".repeat(3000)} SIP/2.0\r\n\r\n`,
  ];
}
