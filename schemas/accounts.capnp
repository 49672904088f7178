@0xe81f4a6cd39b0527;
# The people who sign in at a desk, as the node keeps them: sealed, each record on its own.

$import "/capnp/c++.capnp".namespace("sanad::schema");

struct AccountRecord {
  name @0 :Text;
  displayName @1 :Text;
  roles @2 :List(Text);         # of a member of [[staff]] in node.toml: none, they stand there
  languages @3 :List(Text);     # of the console, the first one first; BCP 47
  disabled @4 :Bool;
  userHandle @5 :Data;          # 32 random bytes: what a passkey knows of its owner
  passkeys @6 :List(PasskeyRecord);
  password @7 :PasswordRecord;  # absent: none
  invitation @8 :Data;          # SHA-256 of the one-time code; empty: none waits
  invitedUntilMs @9 :Int64;
  lastSignInMs @10 :Int64;
  createdAtMs @11 :Int64;
  recoveryBy @12 :Text;       # an administrator who wants somebody with a key to get a new one
  recoveryAtMs @13 :Int64;
}

struct PasskeyRecord {
  id @0 :Data;
  algorithm @1 :Int16;          # of COSE
  key @2 :Data;
  counter @3 :UInt32;
  label @4 :Text;
  addedAtMs @5 :Int64;
  usedAtMs @6 :Int64;
}

struct PasswordRecord {
  salt @0 :Data;
  hash @1 :Data;                # Argon2id
  passes @2 :UInt32;
  memoryKib @3 :UInt32;
  totpSecret @4 :Data;          # 20 bytes: never a password without it
  totpStep @5 :UInt64;          # of the last code that was accepted
}

struct SessionRecord {
  # The one session of a person.
  name @0 :Text;
  token @1 :Data;               # SHA-256 of what the browser has
  startedAtMs @2 :Int64;
  seenAtMs @3 :Int64;           # at most a minute behind
  confirmedAtMs @4 :Int64;
  how @5 :UInt16;               # 1 passkey, 2 password
}
