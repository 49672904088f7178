@0x9a3ce17b60d4f285;
# What a node keeps for itself, sealed, beside the case records of casework.capnp.

$import "/capnp/c++.capnp".namespace("sanad::schema");

struct LaneRecord {
  # The end of one link log: one direction, one lane of the link with one peer.
  size @0 :UInt64;
  frontier @1 :Data;      # RFC 9162 compact range over `size` leaves
  receipted @2 :Data;     # out: the frontier as far as we hold the peer's receipt
  note @3 :Text;          # out: the newest head with the peer's cosignature; in: the peer's newest head
  linkKey @4 :Data;       # the 32 bytes that seal the entries from keyIndex on; empty before the first
  keyIndex @5 :UInt64;
  keyAtMs @6 :Int64;
  keyFor @7 :Data;        # SHA-256 over both sealing keys it was sealed to: another pair, another key
}

struct PlaceRecord {
  # Where an entry stands in a link log.
  lane @0 :UInt8;
  index @1 :UInt64;
}

struct ParkedRecord {
  # An entry that could not be applied: kept in the log, refused to the peer, shown to a person.
  atMs @0 :Int64;
  reason @1 :Text;
}

struct AuditEntry {
  atMs @0 :Int64;
  actor @1 :Text;         # a member of staff, a plugin instance, "node", or a peer's id
  role @2 :Text;
  action @3 :Text;        # such as "case.open"; never content
  subject @4 :Data;       # 16 bytes: the contact, case, referral or escalation; may be empty
  reason @5 :Text;        # where one is asked for
  result @6 :Text;        # "ok" or a fault
}

struct FeedEvent {
  # One line of the live feed: that something changed, never what was written.
  atMs @0 :Int64;
  name @1 :Text;          # such as "contact.message"
  subject @2 :Data;
  peer @3 :Text;
  number @4 :UInt64;      # a sequence number or log size, where the name has one
  who @5 :Text;           # the members of staff it is for, with commas; empty: whoever it concerns
}

struct TimerRecord {
  kind @0 :UInt16;
  subject @1 :Data;
}

struct OutboxRecord {
  # Something a plugin has to bring out; it leaves only when the plugin has accepted it.
  method @0 :UInt32;      # sanad/methods.h
  request @1 :Data;       # the message, as it will be given again at each try
  subject @2 :Data;       # contact or escalation
  createdAtMs @3 :Int64;
  notBeforeMs @4 :Int64;
  attempt @5 :UInt32;     # tries so far
  strikes @6 :UInt8;      # of them, those with which the plugin's process ended
  dead @7 :Bool;          # it is not given again: a person decides
}

struct FreezeRecord {
  # A link that stands still until two administrators say otherwise, with what each side had signed.
  why @0 :Text;           # a code
  atMs @1 :Int64;
  by @2 :Text;            # "node", or a member of staff
  reason @3 :Text;        # of a member of staff
  lane @4 :Text;          # of the two heads; empty: there are none
  heldHead @5 :Text;      # the signed head that we hold
  shownHead @6 :Text;     # the signed head that contradicts it
  resumeBy @7 :Text;      # the first administrator who wants to go on; empty: nobody yet
  resumeAtMs @8 :Int64;
  resumeReason @9 :Text;
}

struct SetAsideRecord {
  # What we said before we knew that our log had lost its end: said again when that end is back.
  kind @0 :UInt16;
  subject @1 :Data;       # 16 bytes
  payload @2 :Data;
}

struct AuditOwnRecord {
  # A head of our own audit log, with the cosignatures that came back.
  note @0 :Text;
  frontier @1 :Data;
  atMs @2 :Int64;
}

struct AuditSeenRecord {
  # A head of another node's audit log: evidence.
  owner @0 :Text;
  growth @1 :Data;                 # wire.capnp AuditMessage of kind `cosign`
  toldBy @2 :Text;
  atMs @3 :Int64;
  proven @4 :Bool;
  cosigned @5 :Bool;               # by us
  asked @6 :UInt64;                # the size that the owner was asked to prove from; 0: none
  askedAtMs @7 :Int64;
}

struct AuditAlarmRecord {
  # Two signed heads that cannot be of one log that only grows.
  id @0 :Data;
  atMs @1 :Int64;
  about @2 :Text;
  kind @3 :Text;
  toldBy @4 :Text;
  first @5 :Text;
  second @6 :Text;
  repeats @7 :UInt64;
  acknowledgedBy @8 :Text;
}

struct AuditCheckedRecord {
  # What the last walk through the whole audit log found.
  atMs @0 :Int64;
  size @1 :UInt64;
  badIndex @2 :UInt64;
  bad @3 :Text;
}

struct AttachmentRecord {
  # A file of text beside a referral, ours or the peer's.
  manifest @0 :Data;      # wire.capnp Attachment; empty: it was refused
  peer @1 :Text;
  out @2 :Bool;           # we send it
  atMs @3 :Int64;
  held @4 :UInt32;        # chunks on this disk
  refused @5 :Text;       # what it was, when it was not text: nothing of it is kept but
  name @6 :Text;
  bytes @7 :UInt32;
  sha256 @8 :Data;
  lane @9 :UInt8;         # of the peer's entry
  index @10 :UInt64;
}

struct DirectoryRecord {
  # What the node knows of its federation, beside the notes themselves.
  floorMs @0 :Int64;      # the newest issue time of any directory that held
  alarms @1 :UInt64;      # fork alarms ever raised
  exception @2 :OverrideRecord;
  former @3 :List(FormerTransportRecord);
}

struct OverrideRecord {
  askedBy @0 :Text;
  agreedBy @1 :Text;      # empty: nobody yet
  reason @2 :Text;
  hours @3 :UInt32;
  askedAtMs @4 :Int64;
  untilMs @5 :Int64;
}

struct FormerTransportRecord {
  node @0 :Text;
  key @1 :Data;
  untilMs @2 :Int64;
}

struct DirectoryAlarmRecord {
  # Two texts of one version, each signed by enough stewards. Both notes are kept.
  atMs @0 :Int64;
  version @1 :UInt64;
  from @2 :Text;          # who brought the other one: a peer's id, or a member of staff
  held @3 :Text;          # the note that was in force
  other @4 :Text;         # the note that contradicts it
}

struct CoverRecord {
  # What was offered to a person for whom nobody was there, and what became of it.
  node @0 :Text;
  name @1 :Text;          # of the node, as the person was told
  language @2 :Text;      # of the texts
  answer @3 :UInt8;       # api::CoverAnswer
  referral @4 :Data;      # go on: the overflow
  offeredAtMs @5 :Int64;
}

struct ConsentOverrideRecord {
  # A child's confidence to be broken in its best interest; two people decide.
  id @0 :Data;
  caseId @1 :Data;
  to @2 :Text;
  items @3 :List(Text);
  reason @4 :Text;
  note @5 :Text;
  requestedBy @6 :Text;
  requestedAtMs @7 :Int64;
  state @8 :UInt16;          # api::OverrideState
  decidedBy @9 :Text;
  decidedWhy @10 :Text;
  decidedAtMs @11 :Int64;
  referral @12 :Data;
  request @13 :Data;         # an api.capnp Request, kind `refer`
}

struct GlassRecord {
  # Somebody opened a case that was not theirs.
  by @0 :Text;
  reason @1 :Text;
  atMs @2 :Int64;
  untilMs @3 :Int64;
}

struct CaseErasureRecord {
  # Somebody wants a case erased; a second person carries it out.
  by @0 :Text;
  reason @1 :Text;
  atMs @2 :Int64;
}

struct ContactNote {
  # Among staff, of one contact.
  atMs @0 :Int64;
  from @1 :Text;
  to @2 :Text;
  text @3 :Text;
}

struct CaseAnswers {
  # To the fields of the case form.
  formVersion @0 :Text;
  answers @1 :List(Answer);
  struct Answer { field @0 :Text; values @1 :List(Text); }
}

struct ExposureRecord {
  # How long somebody has worked on severe content: of one day, and forgotten with the next one.
  day @0 :UInt32;            # since 1970, UTC
  todayMs @1 :Int64;         # before `sinceMs`
  stretchMs @2 :Int64;       # since the last break, before `sinceMs`
  sinceMs @3 :Int64;         # it runs since then; 0: it does not
  breakSinceMs @4 :Int64;    # 0: none
  talkAskedAtMs @5 :Int64;   # 0: they have not asked
  lentMs @6 :Int64;          # what a supervisor has added today
  contacts @7 :List(Data);   # the severe ones that they are in
  restsSinceMs @8 :Int64;    # the last of them was left then; 0: never, or it runs
}

struct ExposedRecord {
  # Who is in a severe contact, so that the minutes of each end with it.
  people @0 :List(Text);
}

struct SampleRecord {
  # An ended contact that was drawn by lot, and what a supervisor said of it. No word of the person.
  who @0 :Text;
  channel @1 :Text;
  endedAtMs @2 :Int64;
  drawnAtMs @3 :Int64;
  drawnBy @4 :Text;
  judgedAtMs @5 :Int64;      # 0: not yet
  judgedBy @6 :Text;
  marks @7 :List(Mark);
  note @8 :Text;             # for the colleague it is about
  struct Mark { id @0 :Text; mark @1 :UInt8; }
}

struct ContactFileRecord {
  # A file that came with a contact, sealed under its key; each part is a record of its own.
  number @0 :UInt32;      # in the order of their coming
  name @1 :Text;
  mediaType @2 :Text;
  bytes @3 :UInt32;
  parts @4 :UInt32;
  whole @5 :Bool;         # the last part came
  atMs @6 :Int64;
  id @7 :Data;            # 16 bytes, chosen by the channel
}
