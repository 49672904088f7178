@0xa1f0c6d3b2e85471;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "name-of-plugin", version = "0.1.0", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver", "net.listen:listen"],
  license = "Apache-2.0",
  title = (en = "name-of-plugin: messages through a gateway",
           fr = "name-of-plugin : des messages par une passerelle",
           ar = "name-of-plugin: رسائل عبر بوابة"),
  contact = "contact-of-plugin");
