@0xc3a5d0e87f14b296;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "console", version = "0.1.0", kind = desk, abiMajor = 1, abiMinor = 0,
  grants = ["session.proxy", "net.listen:listen", "file:certificateFile", "file:certificateKeyFile"],
  license = "Apache-2.0",
  title = (
    en = "The counsellors' desk, on a web page",
    fr = "Le bureau des écoutants, sur une page web",
    ar = "مكتب المستشارين على صفحة ويب"),
  contact = "the project");
