@0xd84e0b3b6a1d7c55;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "plain", version = "0.1.0", kind = assist, abiMajor = 1, abiMinor = 0, license = "Apache-2.0",
  title = (en = "Plain C, for tests", fr = "C simple, pour les tests", ar = "لغة سي، للاختبار"));
