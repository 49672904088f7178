@0xd43c0ab7a1f6e5d2;
$import "/capnp/c++.capnp".namespace("sanad::echo");

struct Config {
  # The configuration of a plugin made for tests: one field of each shape.
  greeting @0 :Text = "hello";
  port @1 :UInt16 = 8080;
  retries @2 :Int32;
  delay @3 :Float64;
  loud @4 :Bool;
  mode @5 :Mode;
  languages @6 :List(Text);
  limits @7 :Limits;
  secret @8 :Data;
  failAt @9 :Text;   # a lifecycle step at which to fail: configure, start, drain, stop

  enum Mode { plain @0; polite @1; }
  struct Limits {
    perMinute @0 :UInt32 = 60;
    burst @1 :UInt8 = 5;
  }
}
