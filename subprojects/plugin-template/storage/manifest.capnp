@0xa9d8e4bbfa07dc59;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "name-of-plugin", version = "0.1.0", kind = storage, abiMajor = 1, abiMinor = 0,
  grants = [],
  license = "Apache-2.0",
  title = (en = "name-of-plugin: storage in one small file",
           fr = "name-of-plugin : stockage dans un petit fichier",
           ar = "name-of-plugin: تخزين في ملف صغير واحد"),
  contact = "contact-of-plugin");
