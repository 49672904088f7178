@0xb7c1f04e2d9a6358;
# What crosses the plugin boundary: one flat message per call, in a sanad_call's request and reply.
# A field is never renumbered or reused. A reader ignores fields it does not know and refuses
# enumerants and union members it does not know.

$import "/capnp/c++.capnp".namespace("sanad::plugin::schema");

struct Manifest {
  # Compiled to bytes and put into the ELF section `.sanad.manifest`, read without running the plugin.
  id @0 :Text;            # such as "webchat": 1..31 bytes of [a-z0-9-]
  version @1 :Text;       # "1.2.3"
  kind @2 :Kind;
  abiMajor @3 :UInt16;
  abiMinor @4 :UInt16;    # the least the plugin needs
  grants @5 :List(Text);  # permissions asked for; the node's configuration gives them
  license @6 :Text;       # an SPDX identifier
  title @7 :Titles;
  contact @8 :Text;
}

enum Kind { channel @0; storage @1; partner @2; desk @3; assist @4; }

struct Titles { en @0 :Text; fr @1 :Text; ar @2 :Text; }

# The methods and their numbers are in sanad/methods.h.

# ---------------------------------------------------------------- channel -> host

struct Submit {
  # A person wrote. The host answers SANAD_OK only after the message is on disk; then, and not
  # before, the plugin may acknowledge. The same key again changes nothing and gets the same seq.
  conversation @0 :Data;  # 16..64 bytes, chosen by the plugin: who writes. Never an address of a person.
  key @1 :Data;           # 8..32 bytes: the same when the same message is sent again
  text @2 :Text;          # 1..16,000 bytes of UTF-8 as it was written
  language @3 :Text;      # BCP 47 of the page the person chose, or empty
  returnAddress @4 :Data; # at most 512 bytes: how the channel reaches this person again, such as a mail
                          # address. Sealed with the contact, given back by Deliver, Replay and Connect,
                          # shown to nobody. Empty: as it was
  marks @5 :List(Text);   # at most 8 ids of the node's list contact-marks: what a counsellor sees beside it
  setAside @6 :Bool;      # of a new conversation: perhaps nobody in need, so it waits behind all others
}
struct SubmitReply {
  seq @0 :UInt64;         # place in the conversation, both directions together, from 1
  duplicate @1 :Bool;     # it was there already
}

struct Receipt {
  # Everything up to `seq` has been shown to the person.
  conversation @0 :Data;
  seq @1 :UInt64;
}

struct Replay {
  # Ask for what the conversation holds after `after`: a page was reloaded, a connection came back.
  conversation @0 :Data;
  after @1 :UInt64;
  limit @2 :UInt32;       # 1..200
}
struct ReplayReply {
  messages @0 :List(Message);
  more @1 :Bool;
  state @2 :ConversationState;
  read @3 :UInt64;        # up to this seq a counsellor has seen what the person wrote
  position @4 :UInt32;    # while the person waits: 1 when they are next; 0: not known
  waitSeconds @5 :UInt32; # how long the last ones waited, the median; 0: not known
  returnAddress @6 :Data;
}
struct Message {
  seq @0 :UInt64;
  atMs @1 :Int64;         # UTC since 1970
  from @2 :Author;
  key @3 :Data;           # of the person's own messages: the key it was submitted with
  text @4 :Text;
}
enum Author { person @0; helpline @1; }
enum ConversationState { none @0; waiting @1; open @2; ended @3; }

struct Typing { conversation @0 :Data; }

struct Leave {
  conversation @0 :Data;
  how @1 :How;
  enum How {
    closed @0; quickExit @1; idle @2; connectionLost @3;
    abandoned @4;         # before anybody answered, and wants nothing more: a contact that waits ends
    callEnded @5;         # a call that was answered is over
  }
}

struct Notice {
  # A counsellor must know it, and nobody wrote it: a reply that did not arrive, a recorded message.
  conversation @0 :Data;
  key @1 :Data;           # 8..32 bytes: the same notice again changes nothing
  mark @2 :Text;          # an id of the node's list contact-marks
  seq @3 :UInt64;         # the helpline's message that it is about; 0: none
}

struct Arrive {
  # Somebody is there who writes nothing: a call. It makes the contact, and puts it into the queue.
  conversation @0 :Data;
  key @1 :Data;           # 8..32 bytes: the same coming again changes nothing
  languages @2 :List(Text);  # BCP 47, the one that was chosen first; at most 8
  urgency @3 :UInt8 = 4;  # at least: 0 imminent danger .. 4 information, which is to say nothing of it
  marks @4 :List(Text);   # at most 8 ids of contact-marks
  returnAddress @5 :Data; # as in Submit
  earlier @6 :Data;       # a conversation of another channel that the person has the return code of; empty:
                          # none. NOT_FOUND where there is none, and nothing is made
}
struct ArriveReply {
  state @0 :ConversationState;
  position @1 :UInt32;    # while the person waits: 1 when they are next; 0: not known
  waitSeconds @2 :UInt32; # how long the last ones waited, the median; 0: not known
  duplicate @3 :Bool;
}

struct Attach {
  # A part of a file or of a recorded voice; SANAD_OK: it is on disk, sealed like the messages. A file
  # without its last part is shown as cut. The same part again changes nothing.
  conversation @0 :Data;
  file @1 :Data;          # 16 bytes, chosen by the plugin
  index @2 :UInt32;       # of the part, from 0, one after the other
  bytes @3 :Data;         # 1..16,384 bytes; none only in a last part
  last @4 :Bool;
  name @5 :Text;          # with part 0: at most 200 bytes, for people; may be empty
  mediaType @6 :Text;     # with part 0: such as "application/pdf"; audio/PCMA at 8 kHz for a voice
}

struct Summon {
  # Who is to be rung for somebody who waits? The node chooses and keeps the place for 45 s.
  conversation @0 :Data;
  devices @1 :List(Text); # those that are registered and free; at most 200
}
struct SummonReply { device @0 :Text; }  # empty: nobody now

struct Rang {
  # What became of ringing: an answer opens the contact for whose device it is.
  conversation @0 :Data;
  device @1 :Text;
  result @2 :Result;
  enum Result { answered @0; missed @1; busy @2; refused @3; }
}

struct Device { name @0 :Text; }
struct DeviceReply { ha1 @0 :Data; }  # RFC 7616 with MD5: H(name ":" realm ":" password), 16 bytes

struct Feedback {
  # What the person thinks of the conversation, once: again changes nothing. It is counted without it.
  conversation @0 :Data;
  answers @1 :List(Answer);  # those that were not skipped, at least one
  struct Answer {
    question @0 :Text;       # an id of the node's list child-feedback
    face @1 :UInt8;          # 1 not at all .. 5 very much
  }
}

# ---------------------------------------------------------------- host -> channel

struct Deliver {
  # A counsellor wrote, or the conversation's state changed (an empty text). `accepted` takes it out of
  # the outbox: a channel that has no page open accepts all the same when the person gets it by Replay.
  conversation @0 :Data;
  message @1 :Message;
  state @2 :ConversationState;
  returnAddress @3 :Data; # as Submit or Arrive gave it
}

struct Connect {
  # Bring this member of staff and this person together: somebody who waits on the line, or who asked
  # to be called back. Reply: Outcome.
  conversation @0 :Data;
  device @1 :Text;
  returnAddress @2 :Data;
}

struct Control {
  # What a member of staff does in a call that goes on. Reply: Outcome.
  conversation @0 :Data;
  act @1 :Act;
  device @2 :Text;        # whose: of transfer the one who gets it
  enum Act { hangUp @0; hold @1; resume @2; transfer @3; listen @4; whisper @5; bargeIn @6; leave @7; }
}

struct Outcome {
  # Reply to Deliver and Dispatch.
  result @0 :Result;
  retryAfterMs @1 :UInt64;  # with `retry`: how long to wait at least
  reference @2 :Text;       # with `accepted`: the receiver's own name for it, at most 128 bytes
  reason @3 :Text;          # with `retry`, `rejected`: a code such as "http_503", never content
  enum Result { accepted @0; retry @1; rejected @2; }
}

struct HealthReply {
  state @0 :State;
  reason @1 :Text;          # a code
  queued @2 :UInt32;
  enum State { ok @0; degraded @1; failed @2; }
}

# ---------------------------------------------------------------- partner

struct Dispatch {
  # Bring this to the partner. Given again, with the same reference, until accepted or rejected.
  reference @0 :Data;       # 16 random bytes: the partner's handle of this matter
  deliveryId @1 :Text;      # the same at each try: the receiver's duplicate check, `webhook-id`
  attempt @2 :UInt32;       # 1 at the first try
  kind @3 :DispatchKind;
  urgency @4 :UInt8;        # 0 imminent danger .. 4 information
  createdAtMs @5 :Int64;
  view @6 :Text;            # JSON object: exactly the fields that a person chose to disclose
}
enum DispatchKind { escalation @0; withdrawal @1; drill @2; }

struct Status {
  # What the partner says of it. Same key again: no change.
  reference @0 :Data;
  key @1 :Data;             # 8..32 bytes
  status @2 :PartnerStatus;
  note @3 :Text;            # at most 2,000 bytes, may be empty
  by @4 :Text;              # how it came: "callback" or "pickup"
}
enum PartnerStatus { acknowledged @0; inProgress @1; completed @2; declined @3; }
struct StatusReply { duplicate @0 :Bool; state @1 :Text; }

struct View {
  # The same view again, for a pickup page. NOT_FOUND once the matter is closed or withdrawn.
  reference @0 :Data;
}
struct ViewReply {
  view @0 :Text;
  state @1 :Text;           # raised, sent, acknowledged, in_progress, completed, declined
  urgency @2 :UInt8;
  createdAtMs @3 :Int64;
}

# ---------------------------------------------------------------- desk

struct Ask {
  # What somebody at the desk wants of the node: it is judged by who is signed in, never by the desk.
  session @0 :Data;         # as a reply gave it; empty: nobody is signed in yet
  request @1 :Data;         # a Request of the node's schemas/api.capnp, flat; its actor is not read
}
struct AskReply {
  reply @0 :Data;           # a Reply of schemas/api.capnp, flat; its beginning when rest is not 0
  session @1 :Data;         # 32 bytes when somebody has signed in: keep it where no page can read it
  ended @2 :Bool;           # the session is over, or there is none: sign in again
  rest @3 :UInt64;          # a long reply: Rest gives what follows, once, within a minute
  bytes @4 :UInt32;         # of the whole reply
}

struct Rest { handle @0 :UInt64; offset @1 :UInt32; }
struct RestReply { bytes @0 :Data; }

struct News {
  # Waits until something happened after `after` in the node's feed, which each person then reads with
  # an Ask of their own. It says nothing of what happened.
  session @0 :Data;         # of anybody who is signed in
  after @1 :UInt64;
  waitMs @2 :UInt32;        # at most 5,000
}
struct NewsReply {
  sequence @0 :UInt64;      # of the newest event
  ended @1 :Bool;           # that session is over
}
