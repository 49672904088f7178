@0xe19b5d70a64c82f3;
$import "/capnp/c++.capnp".namespace("sanad::phone");
using Rule = import "/sanad/config.capnp";

struct Config {
  listenAddress @0 :Text = "127.0.0.1";
  # An address of this machine, for SIP and for the voices.
  udpPort @1 :UInt16 = 5060;
  # SIP over UDP, for a trunk on a private line. 0: none.
  tcpPort @2 :UInt16 = 5060;
  # SIP over TCP. 0: none.
  tlsPort @3 :UInt16;
  # SIP over TLS, for counsellors' telephones and trunks across a network. 0: none. Needs a certificate.
  certificateFile @4 :Text;
  # PEM, the chain.
  certificateKeyFile @5 :Text;
  # PEM.
  mediaAddress @6 :Text;
  # What telephones are told to send the voices to, where a router stands between. Empty: listenAddress.
  firstMediaPort @7 :UInt16 = 20000 $Rule.min(1024);
  lastMediaPort @8 :UInt16 = 23999 $Rule.min(1024);
  # Two for each leg of a call.

  numbers @9 :List(Text) $Rule.max(50) $Rule.pattern("[0-9A-Za-z+*#._-]{1,40}");
  # The numbers that are answered, as the trunk gives them; others get 404. None: the plugin answers
  # nothing at all.
  trunks @10 :List(Text) $Rule.max(16) $Rule.pattern("[0-9A-Fa-f.:/]{2,49}");
  # Addresses, or networks such as 192.0.2.0/28, from which calls come. None: only from a trunk that
  # this node registers with.
  trunkAddress @11 :Text $Rule.pattern("sips?:[^ ]{1,200}");
  # Where this node registers itself, and through which it calls people back:
  # "sip:192.0.2.1:5061;transport=tls", an address and no name. Empty: it registers nowhere, and calls
  # nobody back.
  trunkUser @12 :Text $Rule.max(80);
  trunkPasswordFile @13 :Text;
  # Only its owner may read it.
  trunkTrustFile @14 :Text;
  # PEM: the authorities that the trunk's certificate is checked against.

  flowFile @15 :Text $Rule.required;
  # What callers hear and where each digit leads: config/phone/flow.toml, or the helpline's own.
  flowOverlayFile @25 :Text;
  # What this country or helpline lays over it: its numbers for an emergency, hours, languages.
  promptsFolder @16 :Text $Rule.required;
  # A folder a language, each with its manifest.toml: config/prompts/README.md.

  callsMax @17 :UInt32 = 200 $Rule.min(1) $Rule.max(2000);
  # More callers than that hear that all lines are taken, and the numbers for an emergency.
  ringSeconds @18 :UInt32 = 15 $Rule.min(5) $Rule.max(60);
  # So long a counsellor's telephone rings before the next one does.
  realm @19 :Text = "sanad" $Rule.pattern("[a-z0-9.-]{1,60}");
  # What counsellors' telephones are asked to sign in to.

  callBackPrefixes @20 :List(Text) $Rule.max(40) $Rule.pattern("[+]?[0-9]{1,12}");
  # Numbers may be called back that begin like one of these. None: nobody is called back.
  callBackRefused @21 :List(Text) $Rule.max(80) $Rule.pattern("[+]?[0-9]{1,12}");
  # Among them not those that begin like one of these: numbers that cost.
  callBacksPerHour @22 :UInt32 = 20 $Rule.max(1000);
  callBacksPerDay @23 :UInt32 = 100 $Rule.max(10000);
  devicesInClear @26 :Bool;
  # Counsellors' telephones may also sign in without TLS, and speak without encryption: only on a
  # network of the helpline's own.
  callBackFrom @24 :Text $Rule.pattern("[0-9+]{0,20}");
  # The number that is shown to who is called back: a neutral one. Empty: as the trunk has it.
}
