@0xd2f4a1907c5be836;
# What two nodes say to each other: one flat message a frame, at most 1 MiB, read with a traversal
# limit made from its size. Bytes are hashed and signed as they came and never encoded again.

$import "/capnp/c++.capnp".namespace("sanad::schema");

struct Frame {
  version @0 :UInt16;
  # 1. A reader drops any other.

  union {
    hello @1 :Hello;
    push @2 :Push;
    ack @3 :Ack;
    beside @4 :Beside;
  }
}

enum Lane { normal @0; urgent @1; }

struct Hello {
  # Where each side stands: sent when a connection comes up, when an answer is overdue, and as a reply.
  directoryVersion @0 :UInt64;

  received @1 :List(Position);
  # For each lane, how many entries of the reader's log the sender holds: the reader pushes from there.

  wantsReply @2 :Bool;
}

struct Position {
  lane @0 :Lane;
  size @1 :UInt64;

  head @2 :Text;
  # The reader's own newest head that the sender holds, over exactly `size` entries: the reader's own
  # signature proves the position. A position above 0 without it is not believed.
}

struct Push {
  lane @0 :Lane;
  firstIndex @1 :UInt64;
  # Must be the number of entries the receiver holds.

  entries @2 :List(Data);
  # 1..256 raw Entry messages; their RFC 9162 leaf hashes extend the log.

  head @3 :Text;
  # A C2SP checkpoint of origin `sanad/<from>/<to>/<lane>` over the log with these entries, a signed
  # note by the sender's signing key.

  erased @4 :List(ErasedLeaf);
  # For each entry that has no bytes because it was erased, its leaf hash, in the order of the
  # entries. The reader extends the log with the hash and can never read the entry.
}

struct ErasedLeaf {
  offset @0 :UInt32;      # in `entries`
  leaf @1 :Data;          # 32 bytes
}

struct Ack {
  lane @0 :Lane;
  head @1 :Text;
  # The sender's own checkpoint with the receiver's cosignature/v1 under it: everything in it is on
  # the receiver's disk.
}

struct Beside {
  # What is said beside the logs: no head proves it, and it may be lost.
  topic @0 :Topic;
  payload @1 :Data;  # the message of that topic, at most 1,000,000 bytes
}

enum Topic { none @0; attachment @1; directory @2; recovery @3; }

struct AttachmentTalk {
  # Topic `attachment`: the receiver of a file asks for its chunks one after the other.
  union {
    ask @0 :ChunkPlace;
    chunk @1 :Chunk;
  }
}

struct ChunkPlace {
  referral @0 :Data;      # 16 bytes
  attachment @1 :Data;    # 16 bytes
  index @2 :UInt32;
}

struct Chunk {
  place @0 :ChunkPlace;
  sealed @1 :Data;        # its SHA-256 is in the Attachment; at most 65,600 bytes
}

struct Entry {
  id @0 :Data;            # 16 bytes, UUIDv7
  createdAtMs @1 :Int64;  # UTC since 1970, by the sender's clock
  union {
    sealed @2 :Data;
    # key commitment[32] || nonce[24] || XChaCha20-Poly1305 of a padded Body under
    # crypto_kdf(link key, index); associated data: origin, index, wire version, key commitment.

    key @3 :KeyEntry;
  }
}

struct KeyEntry {
  # A random 32-byte link key for the entries that follow, until the next key entry of the lane.
  forRecipient @0 :Data;  # crypto_box_seal to the recipient's sealing key
  forSender @1 :Data;     # the same to the sender's own, so that a node restored from an old backup
                          # can read its own past when its peers give it back
}

struct Body {
  # What only the two nodes can read.
  kind @0 :BodyKind;
  subject @1 :Data;       # 16 bytes: the id of the referral it is about
  payload @2 :Data;       # the message of that kind: casework.capnp ReferralEvent, Roster,
                          # ErasureMessage, or Refusal
}

enum BodyKind { none @0; referral @1; refusal @2; audit @3; attachment @4; roster @5; erasure @6; }

struct Attachment {
  # A file of text that goes with the referral of the subject. Its chunks travel beside the logs, each
  # named by its hash, so this entry and the head over it prove the whole file.
  id @0 :Data;            # 16 bytes, UUIDv7
  name @1 :Text;          # 1..120 bytes, one line
  bytes @2 :UInt32;       # 1..4,194,304
  sha256 @3 :Data;        # of the file
  key @4 :Data;           # 32 bytes: seals the chunks
  chunks @5 :Data;        # 32 bytes a chunk: SHA-256 of each, sealed
  # A sealed chunk is nonce[24] || XChaCha20-Poly1305 of at most 65,536 bytes of the file, cut between
  # characters; associated data: `sanad/attachment/v1`, 0, referral[16], id[16], index and count as
  # u32 big-endian.
}

struct Refusal {
  # A valid entry could not be applied: it stays in the log, and this says so and why.
  lane @0 :Lane;
  index @1 :UInt64;
  reason @2 :Text;        # a code: "unknown_kind", "not_allowed", "malformed", "limit"
}

struct CourierHead {
  # A stretch of a link as one file, for where there is no network. The file is a row of messages, each
  # behind its length (u32, little-endian): one CourierHead; Frames exactly as they cross a
  # connection, a hello first, then acks, then pushes; one CourierEnd. At most 64 MiB.
  version @0 :UInt16;     # 1
  from @1 :Text;          # node ids: who wrote it, and for whom
  to @2 :Text;
  createdAtMs @3 :Int64;
}

struct CourierEnd {
  frames @0 :UInt32;
  digest @1 :Data;        # SHA-256 over everything before this message's length
}

struct Recovery {
  # Beside the logs: a node that lost the end of its own log, such as one restored from a backup,
  # gets it back from the peer that read it.
  union {
    ask @0 :RestoreAsk;
    returned @1 :Returned;
  }
}

struct RestoreAsk {
  lane @0 :Lane;
  firstIndex @1 :UInt64;
  # The reader gives back the sender's own entries from here on.
}

struct Returned {
  lane @0 :Lane;
  firstIndex @1 :UInt64;
  size @2 :UInt64;
  # Of the reader's log as the sender of this holds it, under the head of its hello.

  entries @3 :List(ReturnedEntry);  # 1..256
  proof @4 :List(Data);
  # RFC 9162 consistency proof from the log with these entries to that of `size` entries, so that
  # each part stands by itself.
}

struct ReturnedEntry {
  raw @0 :Data;   # as it was pushed; empty when its bytes were erased here
  leaf @1 :Data;  # 32 bytes: its leaf hash, only beside an empty `raw`
}

struct AuditMessage {
  # About the heads of audit logs (origin `sanad/audit/<node>`): the payload of a Body of kind `audit`,
  # whose subject is zero.
  union {
    cosign @0 :AuditGrowth;        # to a witness: cosign this head
    cosigned @1 :Text;             # the same head with the witness's cosignature/v1
    refused @2 :AuditRefused;
    seen @3 :List(AuditGrowth);    # at most 64 heads of third nodes that the sender has cosigned
    question @4 :AuditQuestion;
    answer @5 :AuditAnswer;
  }
}

struct AuditGrowth {
  head @0 :Text;                   # a C2SP checkpoint, at most 1 KiB with its signatures
  from @1 :UInt64;                 # the log's size that the proof starts from; 0: no proof
  proof @2 :Data;                  # RFC 9162 consistency proof, 32 bytes a digest
}

struct AuditRefused {
  reason @0 :Text;                 # "smaller", "other_root", "inconsistent"
  head @1 :Text;                   # as it was asked
  held @2 :Text;                   # the newest head that the witness cosigned before
}

struct AuditQuestion {
  # To the owner of both: show that the newer one grew out of the older one.
  older @0 :Text;
  newer @1 :Text;
}

struct AuditAnswer {
  older @0 :UInt64;                # the sizes of the question
  newer @1 :UInt64;
  known @2 :Bool;                  # false: I have no such heads
  proof @3 :Data;
}

struct DirectoryGossip {
  # Topic `directory`: how directories and revocations spread. Each note is verified by who gets it as
  # if a stranger had brought it.
  union {
    have @0 :UInt64;        # the sender follows this version
    want @1 :UInt64;        # the sender follows this version, and asks for those after it
    offer @2 :List(Text);   # the answer: 1..16 signed directories, in the order of their versions
    notice @3 :Text;        # a signed revocation notice that acts at the sender
  }
}
