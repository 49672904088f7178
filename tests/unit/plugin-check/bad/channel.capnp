@0xbe3a1c7d20f4968a;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "bad-channel", version = "0.0.1", kind = channel, abiMajor = 1, abiMinor = 0, grants = ["inbound.submit", "outbound.deliver"],
  license = "Apache-2.0", contact = "the Sanad project",
  title = (en = "Bad, for tests", fr = "Mauvais, pour les tests", ar = "سيئ، للاختبار"));
