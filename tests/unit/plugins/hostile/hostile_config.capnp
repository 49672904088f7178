@0x8d2b6f13e07c95a4;
$import "/capnp/c++.capnp".namespace("sanad::hostile");

struct Config {
  speaks @0 :Bool;   # it brings a message in at its start, so that somebody can answer it
}
