// Boost.JSON's code, compiled once into the plugin: one library less to find at run time.

// With the sanitizers g++ 12 sees accesses behind an empty array that are not there.
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#include <boost/json/src.hpp>
