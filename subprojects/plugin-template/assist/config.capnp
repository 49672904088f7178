@0x98c7d3aae9f6cb48;
$import "/capnp/c++.capnp".namespace("name_of_plugin");

struct Config {
  # Which words it looks for.
  words @0 :List(Text);
}
