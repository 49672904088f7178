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

struct PhoneRecord {
  # A telephone of a member of staff.
  name @0 :Text;                # its user name
  owner @1 :Text;
  label @2 :Text;
  createdAtMs @3 :Int64;
  ha1 @4 :Data;                 # 16 bytes: MD5 of name, realm and password; never the password
}

struct PhoneAgentRecord {
  # Whether a member of staff takes calls, and what their telephone does.
  name @0 :Text;
  ready @1 :Bool;
  reason @2 :Text;              # phone-pause
  sinceMs @3 :Int64;            # of ready, or of the pause
  missedInRow @4 :UInt32;
  passedOver @5 :Data;          # 16 bytes: the contact for which they were rung last, and did not answer
  passedOverAtMs @6 :Int64;
  idleSinceMs @7 :Int64;        # when their last call was over
  ringing @8 :PhoneCallRecord;  # absent: not rung
  talking @9 :PhoneCallRecord;  # absent: talks with nobody, and has wrapped up
}

struct PhoneCallRecord {
  contact @0 :Data;             # 16 bytes
  device @1 :Text;
  sinceMs @2 :Int64;
  overAtMs @3 :Int64;           # of talking: when they hung up, what is left is to wrap it up; 0: they talk
  handedOver @4 :Bool;          # of ringing: a colleague wants to hand the call over
}
