@0xb2f74d19e06c8a35;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "email", version = "0.1.0", kind = channel, abiMajor = 1, abiMinor = 0,
  grants = ["inbound.submit", "outbound.deliver", "net.connect:imapUrl", "net.connect:smtpUrl",
    "secret:passwordFile", "secret:smtpPasswordFile", "file:caFile", "file:system-trust",
    "kv:4194304"],
  license = "Apache-2.0",
  title = (
    en = "E-mail: a person writes to the helpline's address, a counsellor answers",
    fr = "Courriel : une personne écrit à l'adresse de la ligne, un écoutant répond",
    ar = "البريد الإلكتروني: يكتب شخص إلى عنوان خط المساعدة ويجيب مستشار"),
  contact = "the project");
