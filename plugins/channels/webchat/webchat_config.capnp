@0xf2b96d1057ac83e4;
$import "/capnp/c++.capnp".namespace("sanad::webchat");
using Rule = import "/sanad/config.capnp";

struct Config {
  listenAddress @0 :Text = "127.0.0.1";
  # An address of this machine. Beyond this machine it needs a certificate, here or in front of it.
  listenPort @1 :UInt16;
  # 0: a free one; the log says which: `webchat.listening port=...`.
  certificateFile @2 :Text;
  # PEM, the chain: the page speaks TLS itself. Empty: a web server in front does, or nobody.
  certificateKeyFile @3 :Text;
  # PEM.
  allowTls12 @4 :Bool;
  # Also TLS 1.2 with modern ciphers, for old telephones.
  behindProxy @5 :Bool;
  # Everybody comes from one address, that of a web server in front: limits per address are its
  # work, and those here are off.
  origins @6 :List(Text);
  # Where the page may be opened, such as "https://chat.example.org". Empty: wherever it was served.
  languages @7 :List(Text) = ["ar", "ary-Arab", "ary-Latn", "fr", "zgh-Tfng", "zgh-Latn", "en"]
      $Rule.min(1) $Rule.pattern("ar|ary|ary-Arab|ary-Latn|fr|zgh-Tfng|zgh-Latn|en");
  # Tiles to choose from, in this order; the first is what the page opens in. ar, fr and en have every
  # text. Darija (ary-Arab; ary is its older name, ary-Latn in Latin letters) and Tamazight (zgh-Tfng,
  # zgh-Latn) have some, in drafts, and borrow the others from Arabic or French; the page says so.
  helpline @8 :Texts;
  # The helpline's name, 1..120 bytes each.
  opening @9 :Texts;
  # A sentence of its own, such as the hours when somebody answers; at most 500 bytes; may be empty.
  emergencyNumbers @10 :List(EmergencyNumber) $Rule.max(8);
  # At most 8. Always on the page, also when nothing else works.
  exitAddress @11 :Text = "https://www.wikipedia.org/" $Rule.pattern("https?://.+");
  # Where the quick exit leads: a harmless page that tells nothing. http or https.
  conversationsPerHour @12 :UInt32 = 3;
  # New ones from one address; the next asks for one tap more. 0: never asks.
  resumeMinutes @13 :UInt32 = 15 $Rule.min(1) $Rule.max(1440);
  # 1..1440: so long after the last connection ended, the counsellor is told that the person is gone.
}

struct Texts { ar @0 :Text; fr @1 :Text; en @2 :Text; }

struct EmergencyNumber {
  number @0 :Text $Rule.required $Rule.pattern("[0-9+*# ]{1,20}");
  # 1..20 characters of 0-9 + * # and space
  label @1 :Texts;   # whom it reaches, 1..80 bytes each
}
