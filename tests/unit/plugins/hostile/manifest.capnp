@0xe1c5d07a4f9b3826;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "hostile", version = "6.6.6", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver"], license = "Apache-2.0",
  title = (en = "Hostile, for tests", fr = "Hostile, pour les tests", ar = "عدائي، للاختبار"));
