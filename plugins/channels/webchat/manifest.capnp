@0xd81f6b0c49e2a357;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "webchat", version = "0.1.0", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver", "net.listen:listen", "file:certificateFile",
    "file:certificateKeyFile"],
  license = "Apache-2.0",
  title = (
    en = "Chat on a web page: a child writes, a counsellor answers",
    fr = "Discussion sur une page web : un enfant écrit, un écoutant répond",
    ar = "محادثة على صفحة ويب: طفل يكتب ومستشار يجيب"),
  contact = "the project");
