@0x9b1f0c6d2f7ae833;

struct Config {}
