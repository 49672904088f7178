@0x8d2b6f13e07c95a4;
$import "/capnp/c++.capnp".namespace("sanad::hostile");

struct Config {}
