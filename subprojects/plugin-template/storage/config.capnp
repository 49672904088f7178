@0xbae9f5ccab18ed6a;
$import "/capnp/c++.capnp".namespace("name_of_plugin");

struct Config {
  # The file with everything; made when absent.
  path @0 :Text;
}
