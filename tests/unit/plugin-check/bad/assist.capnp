@0xa6f10b93d8e5274c;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "bad-assist", version = "0.0.1", kind = assist, abiMajor = 1, abiMinor = 0, grants = ["net.connect:endpoint"],
  license = "Apache-2.0", contact = "the Sanad project",
  title = (en = "Bad, for tests", fr = "Mauvais, pour les tests", ar = "سيئ، للاختبار"));
