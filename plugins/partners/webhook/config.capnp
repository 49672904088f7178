@0xa94d07c2e86b1f35;
$import "/capnp/c++.capnp".namespace("sanad::webhook");
using Rule = import "/sanad/config.capnp";

struct Config {
  # One organisation that gets escalations over HTTPS and reports back.
  partner @0 :Text $Rule.required $Rule.max(120);
  # Its name as people know it, 1..120 bytes: shown on the pickup page.
  endpoint @1 :Text $Rule.required $Rule.pattern("https?://.+");
  # Where escalations are posted: https, or http to this machine only.
  caFile @2 :Text;
  # PEM file of the authority that signed the endpoint's certificate; empty: what this machine trusts.
  signingKeyFile @3 :Text $Rule.required;
  # A file with our secret key, `whsk_` and the base64 of an Ed25519 seed, readable by its owner only.
  # `echo whsk_$(openssl rand -base64 32)` makes one.
  listenAddress @4 :Text = "127.0.0.1";
  # Where callbacks and pickup pages come in; a web server in front may speak TLS to the outside.
  listenPort @5 :UInt16;
  # 0: a free one.
  certificateFile @6 :Text;
  # PEM, the chain: this port speaks TLS 1.3 itself. Needed, unless listenAddress is this machine.
  certificateKeyFile @7 :Text;
  # PEM.
  publicUrl @8 :Text;
  # The same door as the partner sees it, such as "https://partners.example.org"; the partner gets
  # publicUrl/callback and publicUrl/pickup/... Empty: this machine only, for trying things out.
  callbackKeys @9 :List(Text);
  # The partner's public keys, `whpk_...`: which signatures of callbacks we accept.
  callbackSecretFile @10 :Text;
  # A file with a secret shared with the partner, `whsec_...`, when its software cannot sign with a
  # key of its own. Readable by its owner only. Neither this nor a key: no callbacks, pickup page only.
  languages @11 :List(Text) = ["ar", "fr", "en"];
  # Of the pickup page; the first is shown when the reader's browser asks for none of them.
  helpline @12 :Names;
  # Who asks: shown on the pickup page.
  connectTimeoutMs @13 :UInt32 = 5000 $Rule.min(100) $Rule.max(30000);
  answerTimeoutMs @14 :UInt32 = 20000 $Rule.min(100) $Rule.max(60000);

  struct Names { en @0 :Text = "The child helpline"; fr @1 :Text = "La ligne d'aide aux enfants"; ar @2 :Text = "خط مساعدة الأطفال"; }
}
