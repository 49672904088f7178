#include "core/federation/memory_watch.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace sanad::federation {

std::size_t allocated_memory() {
    std::size_t whole = 0, resident = 0, of_files = 0;
    std::ifstream statm("/proc/self/statm");
    if (!(statm >> whole >> resident >> of_files) || of_files > resident) return 0;
    return (resident - of_files) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool MemoryWatch::has_grown() {
    const std::size_t now = measure_();
    least_ = std::min(least_, now);
    return now - least_ > growth_max_;
}

// What ZeroMQ frees stays with the allocator, which would hide it from the next count.
bool MemoryWatch::is_given_back() {
    ::malloc_trim(0);
    const std::size_t now = measure_();
    return now <= least_ || now - least_ <= growth_max_ / 2;
}

}  // namespace sanad::federation
