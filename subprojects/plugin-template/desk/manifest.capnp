@0xe5b4a097d6c39815;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "name-of-plugin", version = "0.1.0", kind = desk, abiMajor = 1, abiMinor = 0,
  grants = ["net.listen:listen"],
  license = "Apache-2.0",
  title = (en = "name-of-plugin: a page for the helpline's people",
           fr = "name-of-plugin : une page pour l'équipe de la ligne",
           ar = "name-of-plugin: صفحة لفريق خط المساعدة"),
  contact = "contact-of-plugin");
