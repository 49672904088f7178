@0xc3d2e8b5f4a17693;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "name-of-plugin", version = "0.1.0", kind = partner, abiMajor = 1, abiMinor = 0,
  grants = ["net.connect:endpoint"],
  license = "Apache-2.0",
  title = (en = "name-of-plugin: an organisation behind a gateway",
           fr = "name-of-plugin : une organisation derrière une passerelle",
           ar = "name-of-plugin: منظمة خلف بوابة"),
  contact = "contact-of-plugin");
