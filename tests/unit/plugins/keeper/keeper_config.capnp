@0xa94c0d7fe1b2635a;
$import "/capnp/c++.capnp".namespace("sanad::keeper");

struct Config {}
