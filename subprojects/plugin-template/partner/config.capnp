@0xd4c3f9a6e5b28704;
$import "/capnp/c++.capnp".namespace("name_of_plugin");

struct Config {
  # Where the organisation's gateway listens. What is sent is not encrypted: it is on this machine.
  endpoint @0 :Text = "http://127.0.0.1:4870";
  limitSeconds @1 :UInt16 = 5;    # for its answer
}
