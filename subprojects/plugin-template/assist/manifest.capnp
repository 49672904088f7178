@0x87b6c299d8e5ba37;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "name-of-plugin", version = "0.1.0", kind = assist, abiMajor = 1, abiMinor = 0,
  grants = [],
  license = "Apache-2.0",
  title = (en = "name-of-plugin: a hint for the counsellor",
           fr = "name-of-plugin : une indication pour l'écoutant",
           ar = "name-of-plugin: تلميح للمستشار"),
  contact = "contact-of-plugin");
