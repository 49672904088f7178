@0xe3a5c9f1b27d4086;
using Sdk = import "/sanad/plugin.capnp";

const manifest :Sdk.Manifest = (
  id = "webhook", version = "0.1.0", kind = partner, abiMajor = 1, abiMinor = 0,
  grants = ["partner.view", "partner.status", "net.connect:endpoint", "net.listen:listen",
    "secret:signingKeyFile", "secret:callbackSecretFile", "file:certificateFile",
    "file:certificateKeyFile", "file:caFile", "file:system-trust"],
  license = "Apache-2.0",
  title = (
    en = "Partner by webhook: escalations to an organisation's server, its news back",
    fr = "Partenaire par webhook : signalements vers le serveur d'une organisation, et ses réponses",
    ar = "شريك عبر الويب: إرسال حالات التصعيد إلى خادم منظمة وتلقي ردودها"),
  contact = "the project");
