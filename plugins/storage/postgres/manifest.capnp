@0xb1d20a7e5c93f64d;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "postgres", version = "1.0.0", kind = storage, abiMajor = 1, abiMinor = 0,
  grants = [], license = "Apache-2.0",
  title = (en = "Storage in PostgreSQL", fr = "Stockage dans PostgreSQL",
           ar = "التخزين في PostgreSQL"),
  contact = "the Sanad project");
