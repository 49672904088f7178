#include "core/plugins/host_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace sanad::plugins {

namespace {

constexpr int socket_number = 3;

struct Actions {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;

    explicit Actions(int socket) {
        ::posix_spawn_file_actions_init(&files);
        for (const int standard : {0, 1, 2})
            ::posix_spawn_file_actions_addopen(&files, standard, "/dev/null", O_RDWR, 0);
        ::posix_spawn_file_actions_adddup2(&files, socket, socket_number);
        ::posix_spawn_file_actions_addclosefrom_np(&files, socket_number + 1);
        ::posix_spawnattr_init(&attributes);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        // A session of its own: what a terminal sends to the node does not reach it.
        ::posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    }
    ~Actions() {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
};

std::unexpected<Error> not_started(const std::filesystem::path& program, int error) {
    const Fault fault = error == ENOENT                     ? Fault::not_found
                        : error == EACCES || error == EPERM ? Fault::denied
                                                            : Fault::io;
    return fail(fault, program.string() + ": " + std::strerror(error));
}

}  // namespace

std::string ProcessEnd::text() const {
    if (!by_signal) return "exit " + std::to_string(number);
    const char* abbreviation = ::sigabbrev_np(number);
    return abbreviation ? std::string("SIG") + abbreviation : "signal " + std::to_string(number);
}

// posix_spawn is vfork and exec in one: nothing of this process, with its threads and its ZeroMQ
// context, runs in the child.
Result<HostProcess> HostProcess::spawn(const std::filesystem::path& program,
                                       const std::string& title, const Descriptor& socket) {
    // Out of the way of the numbers that it gives to the child.
    const Descriptor above(::fcntl(socket.get(), F_DUPFD_CLOEXEC, socket_number + 1));
    if (!above) return fail(Fault::io, std::strerror(errno));
    const Actions actions(above.get());
    std::string name = program.filename().string(), argument = title;
    char* arguments[] = {name.data(), argument.data(), nullptr};
    char* environment[] = {nullptr};
    pid_t child = -1;
    const int error = ::posix_spawn(&child, program.c_str(), &actions.files, &actions.attributes,
                                    arguments, environment);
    if (error != 0) return not_started(program, error);
    // The number is still the child's: only we could collect it, and we have not.
    Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (process) return HostProcess(std::move(process));
    const int cause = errno;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return fail(Fault::io, std::string("pidfd_open: ") + std::strerror(cause));
}

HostProcess::~HostProcess() {
    if (!process_) return;
    kill();
    (void)wait();
}

void HostProcess::kill() const {
    ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

ProcessEnd HostProcess::wait() {
    siginfo_t ended{};
    while (::waitid(P_PIDFD, static_cast<id_t>(process_.get()), &ended, WEXITED) != 0 &&
           errno == EINTR) {
    }
    process_ = {};
    return {ended.si_code != CLD_EXITED, ended.si_status};
}

}  // namespace sanad::plugins
