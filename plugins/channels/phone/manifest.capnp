@0xc5a07e13f9d2b846;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "phone", version = "0.1.0", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver", "calls.route", "net.own", "file:flowFile", "file:flowOverlayFile",
    "folder:promptsFolder", "file:certificateFile", "file:certificateKeyFile", "file:trunkTrustFile",
    "secret:trunkPasswordFile", "kv:65536"],
  license = "Apache-2.0",
  title = (
    en = "Telephone: a child calls, a counsellor answers",
    fr = "Téléphone : un enfant appelle, un écoutant répond",
    ar = "الهاتف: طفل يتصل ومستشار يجيب"),
  contact = "the project");
