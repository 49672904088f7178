// What of C++ keeps a library in its process: linked into one of the bad plugins each.
#include <string>

#ifdef ACT_unique
template <typename Type>
struct Counter {
    inline static int count = 0;
};
extern "C" __attribute__((visibility("default"))) int sanad_pinned();
int sanad_pinned() { return ++Counter<int>::count; }
#else
namespace {
thread_local std::string name = "a name";
}
extern "C" int sanad_pinned();
int sanad_pinned() { return static_cast<int>(name.size()); }
#endif
