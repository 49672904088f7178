@0xe3b6f0a1c94d7528;
# What a plugin's `struct Config` says of its fields beyond their types. The node checks it before any of the
# plugin's code runs, and names the field and the rule that is broken.
#
#     using Rule = import "/sanad/config.capnp";
#     struct Config {
#       endpoint @0 :Text $Rule.required $Rule.pattern("https://.+");
#       minutes @1 :UInt32 = 15 $Rule.min(1) $Rule.max(1440);
#       languages @2 :List(Text) = ["ar", "fr"] $Rule.min(1) $Rule.max(8);
#     }

using Plugin = import "plugin.capnp";

annotation required @0x9b41d6e2f37a850c (field) :Void;
# It is given; a text or a list is not empty.
annotation min @0xb8a53e0c6d19f274 (field) :Int64;
# Of a number its least value, of a text that is given the bytes, of a list the entries.
annotation max @0x86f2c7d40b9e51a3 (field) :Int64;
annotation pattern @0xca7d1f60e8b3924f (field) :Text;
# A text that is given matches it from end to end; a list's texts each. ECMAScript; such a text has at most
# 1,024 bytes.
annotation title @0xf05e92b8a46c3d17 (field) :Plugin.Titles;
# What a form calls it.
