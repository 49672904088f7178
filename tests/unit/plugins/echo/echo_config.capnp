@0xd43c0ab7a1f6e5d2;
$import "/capnp/c++.capnp".namespace("sanad::echo");
using Rule = import "/sanad/config.capnp";

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
  ruled @10 :Ruled;

  enum Mode { plain @0; polite @1; }
  struct Ruled {
    # One field for each rule.
    endpoint @0 :Text $Rule.required $Rule.pattern("https?://[a-z.]+");
    name @1 :Text $Rule.min(2) $Rule.max(5);
    codes @2 :List(Text) $Rule.min(1) $Rule.max(2) $Rule.pattern("[a-z]{2}")
      $Rule.title(en = "Codes", fr = "Codes", ar = "رموز");
    broken @3 :Text $Rule.pattern("[");
  }
  struct Limits {
    perMinute @0 :UInt32 = 60 $Rule.max(1000);
    burst @1 :UInt8 = 5 $Rule.min(1);
  }
}
