@0xc5e80b7a913d42f6;
$import "/capnp/c++.capnp".namespace("sanad::email");
using Rule = import "/sanad/config.capnp";

struct Config {
  # One mailbox of the helpline's, and the server that sends for it.
  address @0 :Text $Rule.required $Rule.pattern("[^@+ ]+@[^@ ]+");
  # The helpline's address. Mail to the same name with +anything must reach the same mailbox
  # (subaddressing, RFC 5233): that is how an answer finds its conversation.
  imapUrl @1 :Text $Rule.required $Rule.pattern("imaps://[^/]+:[0-9]+");
  # The mailbox: imaps://host:993, with the port.
  user @2 :Text $Rule.required;
  passwordFile @3 :Text $Rule.required;
  # A file with the password of `user`, readable by its owner only.
  caFile @4 :Text;
  # PEM file of the authority that signed the servers' certificates; empty: what this machine trusts.
  smtpUrl @5 :Text $Rule.required $Rule.pattern("smtps?://[^/]+:[0-9]+");
  # The server that sends: smtps://host:465, or smtp://host:587, which then speaks STARTTLS.
  smtpUser @6 :Text;
  # Who signs in there; empty: as `user`.
  smtpPasswordFile @7 :Text;
  # Its password, when smtpUser is set.
  smtpAuth @8 :Bool = true;
  # False: nobody signs in, since the server knows this machine.
  smtpInClear @9 :Bool;
  # True: no TLS. Only where the network between is the helpline's own.
  inbox @10 :Text = "INBOX";
  processed @11 :Text = "Processed";
  # Where mails go that the node has on its disk. Made when it is missing, like the next.
  quarantine @12 :Text = "Quarantine";
  # And those that were set aside as perhaps unwanted. People see both kinds at the desk.
  authserv @13 :Text;
  # The name of the mail server whose Authentication-Results count. Empty: none count.
  fromName @14 :Text;
  # Beside the address in mails that go out. Mailboxes may be shared: empty, or something neutral.
  helpline @15 :Texts;
  # The helpline's name in the automatic answer, 1..120 bytes each.
  opening @16 :Texts;
  # A sentence of its own, such as the hours when somebody reads; may be empty; at most 500 bytes.
  languages @17 :List(Text) = ["ar", "fr", "en"] $Rule.min(1) $Rule.pattern("ar|fr|en");
  # Of the automatic answer; the first where it cannot be told what somebody writes in.
  emergencyNumbers @18 :List(Number) $Rule.max(8);
  # In the automatic answer.
  automaticAnswer @19 :Bool = true;
  # Whether a first mail is answered at once with the helpline's name, hours and numbers.
  answersPerHour @20 :UInt32 = 200;
  # To all senders together: beyond that no automatic answer is sent.
  mailsPerSenderAndHour @21 :UInt32 = 20 $Rule.min(1) $Rule.max(10000);
  # Beyond that a sender's mails are set aside; they are taken all the same.
  idleSeconds @22 :UInt32 = 540 $Rule.min(10) $Rule.max(1740);
  # So long a wait for mail is kept before it is asked for anew; RFC 2177 wants less than 30 minutes.
  pollSeconds @23 :UInt32 = 60 $Rule.min(1) $Rule.max(3600);
  # How often to ask a server that does not announce mail.
  answerSeconds @24 :UInt32 = 30 $Rule.min(1) $Rule.max(300);
  # How long a server may take for an answer.
}

struct Texts { ar @0 :Text; fr @1 :Text; en @2 :Text; }

struct Number {
  number @0 :Text $Rule.required $Rule.pattern("[0-9+*# ]{1,20}");
  label @1 :Texts;   # whom it reaches, 1..80 bytes each
}
