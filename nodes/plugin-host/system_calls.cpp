#include "nodes/plugin-host/system_calls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <span>

namespace sanad::plugin_host {

namespace {

// What is in no table is refused with EPERM: a library may try, and goes on without. Filters add
// up: what the first stage refuses, the second cannot allow.
constexpr std::uint32_t otherwise = SCMP_ACT_ERRNO(EPERM);

// Harmless with any arguments: memory, threads, time, waiting, and descriptors that it has.
constexpr int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_gettime),
    SCMP_SYS(eventfd2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    SCMP_SYS(dup),
};

constexpr int allowed_while_loading[] = {
    SCMP_SYS(newfstatat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    // For the second stage. Who calls them can only take more away from itself.
    SCMP_SYS(seccomp),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_add_rule),
    SCMP_SYS(landlock_restrict_self),
};

// On sockets that the node has connected or bound: none can be made here.
constexpr int allowed_with_network[] = {
    SCMP_SYS(accept),      SCMP_SYS(accept4),     SCMP_SYS(shutdown),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
};

// For media, whose ports are agreed on call by call, and for an event loop older than
// epoll_create1.
constexpr int allowed_with_own_sockets[] = {
    SCMP_SYS(bind),         SCMP_SYS(listen), SCMP_SYS(connect),
    SCMP_SYS(epoll_create), SCMP_SYS(pipe),   SCMP_SYS(pipe2),
};

// No plugin has an honest use for these: the process is ended.
constexpr int fatal[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(chroot),
    SCMP_SYS(add_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(request_key),
};

// One system call under a condition on one argument: the argument with `mask` is `value`.
struct Condition {
    int system_call;
    std::uint32_t action;
    unsigned argument;
    std::uint64_t mask;
    std::uint64_t value;
};

constexpr std::uint64_t whole = ~std::uint64_t{0};
constexpr std::uint64_t low = 0xffff'ffff;  // of an int, whatever stands above it

constexpr Condition conditions[] = {
    {SCMP_SYS(clone), SCMP_ACT_ALLOW, 0, CLONE_THREAD, CLONE_THREAD},
    {SCMP_SYS(clone), SCMP_ACT_KILL_PROCESS, 0, CLONE_THREAD, 0},
    {SCMP_SYS(mprotect), SCMP_ACT_ALLOW, 2, PROT_EXEC, 0},
    {SCMP_SYS(fcntl), SCMP_ACT_ALLOW, 1, low, F_GETFD},
    {SCMP_SYS(fcntl), SCMP_ACT_ALLOW, 1, low, F_SETFD},
    {SCMP_SYS(fcntl), SCMP_ACT_ALLOW, 1, low, F_GETFL},
    {SCMP_SYS(fcntl), SCMP_ACT_ALLOW, 1, low, F_SETFL},
    {SCMP_SYS(fcntl), SCMP_ACT_ALLOW, 1, low, F_DUPFD_CLOEXEC},
    {SCMP_SYS(ioctl), SCMP_ACT_ALLOW, 1, low, FIONBIO},
    {SCMP_SYS(ioctl), SCMP_ACT_ALLOW, 1, low, FIONREAD},
    {SCMP_SYS(prlimit64), SCMP_ACT_ALLOW, 2, whole, 0},  // asks, and sets none
    {SCMP_SYS(prctl), SCMP_ACT_ALLOW, 0, low, PR_SET_NAME},
};

constexpr Condition conditions_while_loading[] = {
    {SCMP_SYS(openat), SCMP_ACT_ALLOW, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {SCMP_SYS(mmap), SCMP_ACT_ALLOW, 2, PROT_WRITE | PROT_EXEC, 0},
    {SCMP_SYS(mmap), SCMP_ACT_ALLOW, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE},
    {SCMP_SYS(mmap), SCMP_ACT_ALLOW, 2, PROT_WRITE | PROT_EXEC, PROT_EXEC},
    {SCMP_SYS(prctl), SCMP_ACT_ALLOW, 0, low, PR_SET_NO_NEW_PRIVS},
};

constexpr Condition conditions_while_running[] = {
    {SCMP_SYS(mmap), SCMP_ACT_ALLOW, 2, PROT_EXEC, 0},
};

// An option is named by two arguments, level and name.
struct SocketOption {
    int level, name;
};
constexpr SocketOption socket_options[] = {
    {IPPROTO_TCP, TCP_NODELAY}, {SOL_SOCKET, SO_KEEPALIVE}, {SOL_SOCKET, SO_LINGER},
    {SOL_SOCKET, SO_SNDBUF},    {SOL_SOCKET, SO_RCVBUF},
};

constexpr SocketOption own_socket_options[] = {
    {SOL_SOCKET, SO_REUSEADDR},
    {IPPROTO_IPV6, IPV6_V6ONLY},
    {IPPROTO_IP, IP_TOS},
    {IPPROTO_IPV6, IPV6_TCLASS},
};
constexpr int own_socket_families[] = {AF_INET, AF_INET6};
constexpr int own_socket_types[] = {SOCK_DGRAM, SOCK_STREAM};  // never a raw one

// Collects rules; one that libseccomp does not take spoils it.
class Filter {
public:
    Filter() : context_(::seccomp_init(otherwise), ::seccomp_release) {}

    void add(std::uint32_t action, std::span<const int> system_calls) {
        for (const int call : system_calls) add(action, call, {});
    }
    void add(std::span<const Condition> some) {
        for (const Condition& one : some) {
            const scmp_arg_cmp compared{one.argument, SCMP_CMP_MASKED_EQ, one.mask, one.value};
            add(one.action, one.system_call, {&compared, 1});
        }
    }
    void add(std::uint32_t action, int system_call, std::span<const scmp_arg_cmp> compared) {
        sound_ = sound_ && ::seccomp_rule_add_array(context_.get(), action, system_call,
                                                    static_cast<unsigned>(compared.size()),
                                                    compared.data()) == 0;
    }
    bool load() {
        return sound_ &&
               ::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) ==
                   0 &&
               ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
               ::seccomp_load(context_.get()) == 0;
    }

private:
    std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
    bool sound_ = context_ != nullptr;
};

void allow_options(Filter& filter, std::span<const SocketOption> options) {
    for (const SocketOption& option : options) {
        const scmp_arg_cmp compared[] = {
            {1, SCMP_CMP_MASKED_EQ, low, static_cast<scmp_datum_t>(option.level)},
            {2, SCMP_CMP_MASKED_EQ, low, static_cast<scmp_datum_t>(option.name)}};
        filter.add(SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), compared);
    }
}

void allow_network(Filter& filter) {
    filter.add(SCMP_ACT_ALLOW, allowed_with_network);
    allow_options(filter, socket_options);
}

void allow_own_sockets(Filter& filter) {
    filter.add(SCMP_ACT_ALLOW, allowed_with_own_sockets);
    allow_options(filter, own_socket_options);
    constexpr std::uint64_t type_mask = low & ~std::uint64_t{SOCK_NONBLOCK | SOCK_CLOEXEC};
    for (const int family : own_socket_families)
        for (const int type : own_socket_types) {
            const scmp_arg_cmp compared[] = {
                {0, SCMP_CMP_MASKED_EQ, low, static_cast<scmp_datum_t>(family)},
                {1, SCMP_CMP_MASKED_EQ, type_mask, static_cast<scmp_datum_t>(type)}};
            filter.add(SCMP_ACT_ALLOW, SCMP_SYS(socket), compared);
        }
}

// A thread may signal threads of this process only: abort() does.
void allow_own_signals(Filter& filter) {
    const scmp_arg_cmp own{0, SCMP_CMP_MASKED_EQ, low, static_cast<scmp_datum_t>(::getpid())};
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {&own, 1});
}

}  // namespace

bool filter_system_calls(Stage stage, Network network) {
    Filter filter;
    filter.add(SCMP_ACT_ALLOW, allowed);
    filter.add(SCMP_ACT_KILL_PROCESS, fatal);
    filter.add(conditions);
    // Its flags are in memory, where no filter sees them: glibc then takes clone.
    filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
    allow_own_signals(filter);
    if (network != Network::none) allow_network(filter);
    if (network == Network::own) allow_own_sockets(filter);
    if (stage == Stage::loading) {
        filter.add(SCMP_ACT_ALLOW, allowed_while_loading);
        filter.add(conditions_while_loading);
    } else {
        filter.add(conditions_while_running);
    }
    return filter.load();
}

}  // namespace sanad::plugin_host
