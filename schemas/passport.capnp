@0xe51d08c6a7f4932b;
# One file that proves, offline and years later, what two nodes said to each other about one
# referral: one flat message, at most 16 MiB. Everything in it can be checked with the stewards' keys.
# How, and what it does not prove: PASSPORT.md.

using Casework = import "casework.capnp";
using Wire = import "wire.capnp";

$import "/capnp/c++.capnp".namespace("sanad::schema");

struct Passport {
  version @0 :UInt16;        # 1. A reader refuses any other.

  contents @1 :Data;         # one flat PassportContents; hashed and signed as it came

  statement @2 :Text;
  # A C2SP note with one signature, by the exporter's signing key, its key name the exporter's node id. Its text:
  #   sanad-passport/v1
  #   referral <UUID>
  #   contents <base64 of SHA-256 over `contents`>
  #   exported <RFC 3339, whole seconds>
  # It says: this is all that the exporter had of this referral at that time.
}

struct PassportContents {
  referral @0 :Data;         # 16 bytes
  asker @1 :Text;            # node ids
  asked @2 :Text;
  exporter @3 :Casework.Side;
  exportedAtMs @4 :Int64;    # whole seconds
  directory @5 :Text;        # the signed directory that was in force: whose keys are whose
  logs @6 :List(PassportLog);      # 1..4
  events @7 :List(PassportEvent);  # 1..2000: those of the asker in their order, then those of the asked
}

struct PassportLog {
  # One link log, as far as it is proven. Its origin is `sanad/<writer>/<reader>/<lane>`.
  writer @0 :Casework.Side;
  lane @1 :Wire.Lane;

  receipted @2 :Text;
  # The writer's newest head that the reader cosigned. Empty: none yet.

  written @3 :Text;
  # The exporter's own head over a log of its own that has grown since. Empty: it has not.

  extension @4 :Data;
  # RFC 9162 consistency proof from `receipted` to `written`, 32 bytes a digest; empty without both.
}

struct PassportEvent {
  log @0 :UInt8;             # its place in `logs`
  index @1 :UInt64;          # its place in that log
  event @2 :UInt32;          # its place among what its writer said about the referral, 0..999

  entry @3 :Data;            # the raw wire.capnp Entry; empty: erased
  key @4 :Data;              # 32 bytes that open this entry and no other; empty: erased
  leaf @5 :Data;             # erased, as all events are or none: the leaf hash, 32 bytes; otherwise empty

  proof @6 :Data;
  # RFC 9162 inclusion proof, 32 bytes a digest, in the tree of `receipted` if that covers `index`,
  # otherwise in that of `written`.
}
