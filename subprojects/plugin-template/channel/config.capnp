@0xb2e1d7c4a3f96582;
$import "/capnp/c++.capnp".namespace("name_of_plugin");

struct Config {
  # Where the gateway connects, and what the people who write speak.
  listenAddress @0 :Text = "127.0.0.1";
  listenPort @1 :UInt16 = 0;      # 0: one that is free; the log says which
  language @2 :Text = "en";       # BCP 47
}
