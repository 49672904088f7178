#include "nodes/plugin-host/landlock.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace sanad::plugin_host {

namespace {

// linux/landlock.h as of version 6 of the interface.
struct Ruleset {
    std::uint64_t files = 0, network = 0, scoped = 0;
};
struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed;
    std::int32_t parent;
};
constexpr unsigned ask_version = 1;
constexpr int rule_path_beneath = 1;
constexpr std::uint64_t read_file = 1U << 2;
constexpr std::uint64_t bind_and_connect = 3;     // TCP, from version 4
constexpr std::uint64_t sockets_and_signals = 3;  // beyond the own domain, from version 6
constexpr const char* library_places[] = {"/lib",       "/lib64",         "/usr/lib",
                                          "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};

long version() { return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version); }

// All that the kernel can forbid; what it does not know must not be asked for.
Ruleset everything(long known) {
    Ruleset all;
    all.files = (1U << 13) - 1;
    if (known >= 2) all.files |= 1U << 13;  // refer
    if (known >= 3) all.files |= 1U << 14;  // truncate
    if (known >= 5) all.files |= 1U << 15;  // ioctl of devices
    if (known >= 4) all.network = bind_and_connect;
    if (known >= 6) all.scoped = sockets_and_signals;
    return all;
}

std::size_t size_known(long known) {
    return known >= 6   ? sizeof(Ruleset)
           : known >= 4 ? 2 * sizeof(std::uint64_t)
                        : sizeof(std::uint64_t);
}

Descriptor make_ruleset() {
    const long known = version();
    if (known < 1) return {};
    const Ruleset all = everything(known);
    return Descriptor(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, size_known(known), 0)));
}

bool allow_reading(const Descriptor& ruleset, int place) {
    const PathBeneath rule{read_file, place};
    return ::syscall(SYS_landlock_add_rule, ruleset.get(), rule_path_beneath, &rule, 0) == 0;
}

bool enforce(const Descriptor& ruleset) {
    return ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace

bool allow_only_libraries(const Descriptor& library) {
    const Descriptor ruleset = make_ruleset();
    if (!ruleset || !allow_reading(ruleset, library.get())) return false;
    for (const char* name : library_places) {
        const Descriptor place(::open(name, O_PATH | O_CLOEXEC));
        if (place && !allow_reading(ruleset, place.get())) return false;
    }
    return enforce(ruleset);
}

bool allow_no_files() {
    const Descriptor ruleset = make_ruleset();
    return ruleset && enforce(ruleset);
}

}  // namespace sanad::plugin_host
