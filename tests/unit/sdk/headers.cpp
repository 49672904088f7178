// Compiled as C++17, the oldest language a plugin may be written in.
#include <sanad/fake_host.hpp>
#include <sanad/loop.hpp>
#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

static_assert(__cplusplus == 201703L);
