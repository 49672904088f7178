#include "nodes/plugin-host/sandbox.h"

#include "nodes/plugin-host/landlock.h"
#include "nodes/plugin-host/system_calls.h"

#include <linux/capability.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace sanad::plugin_host {

namespace {

// A sanitizer's shadow of all memory is larger than any sensible limit.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool address_space_is_limited = false;
#else
constexpr bool address_space_is_limited = true;
#endif

bool limit(__rlimit_resource what, rlim_t most) {
    rlimit now{};
    if (::getrlimit(what, &now) != 0) return false;
    const rlim_t allowed = std::min(most, now.rlim_max);
    const rlimit next{allowed, allowed};
    return ::setrlimit(what, &next) == 0;
}

bool limit_resources(Network network) {
    // glibc would reserve 64 MiB of addresses for each thread.
    ::mallopt(M_ARENA_MAX, 2);
    const bool memory = !address_space_is_limited || limit(RLIMIT_AS, address_space_bytes_max);
    return memory && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_MSGQUEUE, 0) &&
           limit(RLIMIT_NOFILE,
                 network == Network::none ? descriptors_max : descriptors_with_network_max);
}

// A node that runs as root has them; a filter of who started us may not let us ask.
bool drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> held{};
    if (::syscall(SYS_capget, &header, held.data()) != 0) return ::geteuid() != 0;
    const bool none = std::ranges::all_of(held, [](const auto& some) {
        return (some.effective | some.permitted | some.inheritable) == 0;
    });
    if (none) return true;
    held = {};
    return ::syscall(SYS_capset, &header, held.data()) == 0;
}

}  // namespace

Lacking enter_stage_1(const Descriptor& library, Network network) {
    Lacking lacking;
    const auto need = [&lacking](bool done, const char* what) {
        if (!done) lacking.emplace_back(what);
    };
    need(limit_resources(network), "limits");
    need(drop_capabilities(), "capabilities");
    need(::prctl(PR_SET_DUMPABLE, 0) == 0, "dumpable");
    need(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    need(allow_only_libraries(library), "landlock");
    need(filter_system_calls(Stage::loading, network), "seccomp");
    return lacking;
}

Lacking enter_stage_2(Network network) {
    Lacking lacking;
    if (!allow_no_files()) lacking.emplace_back("landlock");
    if (!filter_system_calls(Stage::running, network)) lacking.emplace_back("seccomp");
    return lacking;
}

}  // namespace sanad::plugin_host
