// Catch2's own main, in a file of its own: it is large, and never changes.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
