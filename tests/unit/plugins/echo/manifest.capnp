@0xcc7ea24f6a0c2a11;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "echo", version = "1.2.3", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver"], license = "Apache-2.0",
  title = (en = "Echo for tests", fr = "Écho pour les tests", ar = "صدى للاختبار"),
  contact = "the project");
