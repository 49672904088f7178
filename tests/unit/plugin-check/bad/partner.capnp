@0xd2c94e6b81a7053f;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "bad-partner", version = "0.0.1", kind = partner, abiMajor = 1, abiMinor = 0, grants = ["partner.view", "partner.status"],
  license = "Apache-2.0", contact = "the Sanad project",
  title = (en = "Bad, for tests", fr = "Mauvais, pour les tests", ar = "سيئ، للاختبار"));
