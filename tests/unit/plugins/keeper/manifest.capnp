@0xf0a3b7c92d51e846;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "keeper", version = "1.0.0", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "kv:64"], license = "Apache-2.0",
  title = (en = "Keeper for tests", fr = "Gardien pour les tests", ar = "حافظ للاختبار"),
  contact = "the project");
