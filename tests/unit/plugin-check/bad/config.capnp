@0xf0b7d3a51c2e8649;

struct Config {}
