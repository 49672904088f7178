@0xa5c6be0c0d2f4e91;
$import "/capnp/c++.capnp".namespace("sanad::lmdb");

struct Config {
  path @0 :Text;                  # the store's folder, 1..1,024 bytes
  mapSizeMiB @1 :UInt32 = 65536;  # the most the store may grow to, 16..1,048,576; takes no space by itself
  create @2 :Bool = false;        # make a new store where none is; refuses when there is one
  from @3 :Text;                  # with create: a file that the plugin's backup wrote, to fill it from
}
