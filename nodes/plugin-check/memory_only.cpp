#include "nodes/plugin-check/memory_only.h"

#include <seccomp.h>
#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sanad::plugin_check {

namespace {

// Memory, what a lock and a random seed need, time, and our own way out.
constexpr int allowed[] = {
    SCMP_SYS(brk),           SCMP_SYS(mmap),         SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(mprotect),     SCMP_SYS(futex),        SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit_group),
    SCMP_SYS(write),
};

volatile std::sig_atomic_t refused = -1;

// The call comes back as if the kernel did not know it.
void note(int, siginfo_t* info, void*) {
    if (refused < 0) refused = info->si_syscall;
    errno = ENOSYS;
}

}  // namespace

bool allow_only_memory() {
    struct sigaction action{};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO;
    if (::sigaction(SIGSYS, &action, nullptr) != 0) return false;
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(::seccomp_init(SCMP_ACT_TRAP),
                                                                  ::seccomp_release);
    if (!filter) return false;
    for (const int call : allowed)
        if (::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::seccomp_load(filter.get()) == 0;
}

const char* refused_call() {
    if (refused < 0) return "";
    static char name[64];
    char* found = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, refused);
    std::snprintf(name, sizeof name, "%s", found ? found : "an unknown one");
    std::free(found);
    return name;
}

}  // namespace sanad::plugin_check
