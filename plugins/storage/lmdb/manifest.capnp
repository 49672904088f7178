@0xe1b94ad6c1f0c7a3;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "lmdb", version = "1.0.0", kind = storage, abiMajor = 1, abiMinor = 0,
  grants = [], license = "Apache-2.0",
  title = (en = "Storage in a local LMDB file", fr = "Stockage dans un fichier LMDB local",
           ar = "التخزين في ملف LMDB محلي"),
  contact = "the Sanad project");
