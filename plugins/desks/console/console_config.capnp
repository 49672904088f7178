@0x9be47a1c0d35f862;
$import "/capnp/c++.capnp".namespace("sanad::console");
using Rule = import "/sanad/config.capnp";

struct Config {
  listenAddress @0 :Text = "127.0.0.1";
  # An address of this machine. Beyond this machine it needs a certificate, here or in front of it.
  listenPort @1 :UInt16;
  # 0: a free one; the log says which: `console.listening port=...`.
  certificateFile @2 :Text;
  # PEM, the chain: the page speaks TLS 1.3 itself. Empty: a web server in front does, or nobody.
  certificateKeyFile @3 :Text;
  # PEM.
  behindProxy @4 :Bool;
  # Everybody comes from one address, that of a web server in front: limits per address are its
  # work, and those here are off.
  origins @5 :List(Text) $Rule.max(8) $Rule.pattern("https?://[^/ ]+");
  # Where the page is opened, such as "https://desk.example.org". Empty: wherever it was served.
}
