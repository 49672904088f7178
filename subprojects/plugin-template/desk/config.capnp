@0xf6a5b188c7d4a926;
$import "/capnp/c++.capnp".namespace("name_of_plugin");

struct Config {
  # Where the page is, and what it says.
  listenAddress @0 :Text = "127.0.0.1";
  listenPort @1 :UInt16 = 0;      # 0: one that is free
  greeting @2 :Text = "The helpline's desk is here.";
}
