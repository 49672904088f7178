// Boost.JSON's code, compiled once into the plugin: one library less to find at run time.
#include <boost/json/src.hpp>
