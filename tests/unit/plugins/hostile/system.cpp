#include "tests/unit/plugins/hostile/system.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <thread>
#include <vector>

namespace sanad::hostile {

namespace {

std::string outcome(long result) { return result >= 0 ? "done" : ::strerrorname_np(errno); }

std::string spawn() {
    char name[] = "true";
    char* arguments[] = {name, nullptr};
    pid_t child = 0;
    errno = ::posix_spawn(&child, "/bin/true", nullptr, nullptr, arguments, arguments + 1);
    return errno == 0 ? "done" : ::strerrorname_np(errno);
}

std::string fork_bomb() {
    for (int n = 0; n < 10'000; ++n)
        if (::fork() < 0) return ::strerrorname_np(errno);
    return "done";
}

std::string read_the_node() {
    char stolen[16];
    const iovec to{stolen, sizeof stolen}, from{stolen, sizeof stolen};
    return outcome(::process_vm_readv(::getppid(), &to, 1, &from, 1, 0));
}

std::string take_memory(std::size_t bytes) {
    try {
        std::vector<char> memory(bytes, 1);
        return memory[bytes / 2] == 1 ? "done" : "lost";
    } catch (const std::bad_alloc&) {
        return "ENOMEM";
    }
}

std::string take_descriptors() {
    int count = 0;
    std::vector<int> taken;
    for (int number; (number = ::dup(0)) >= 0; ++count) taken.push_back(number);
    for (const int number : taken) ::close(number);
    return std::to_string(count);
}

std::string make_program() {
    void* memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return ::strerrorname_np(errno);
    return outcome(::mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

std::string map_program() {
    void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? ::strerrorname_np(errno) : "done";
}

std::string raise_limit() {
    const rlimit more{1'000'000, 1'000'000};
    return outcome(::setrlimit(RLIMIT_NOFILE, &more));
}

std::string start_thread() {
    std::string found;
    std::thread([&] { found = "done"; }).join();
    return found;
}

std::string connect_out() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    return outcome(socket);
}

std::string file_of_a_thread() {
    std::string found;
    std::thread([&] { found = outcome(::open("/etc/passwd", O_RDONLY)); }).join();
    return found;
}

using Acts = std::map<std::string, std::function<std::string()>>;

const Acts& acts() {
    static const Acts all = {
        {"read a file", [] { return outcome(::open("/etc/passwd", O_RDONLY)); }},
        {"read a file in a thread", file_of_a_thread},
        {"read a library",
         [] { return outcome(::open("/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY)); }},
        {"list a folder", [] { return outcome(::open("/", O_RDONLY | O_DIRECTORY)); }},
        {"look at a file",
         [] {
             struct stat facts;
             return outcome(::stat("/etc/passwd", &facts));
         }},
        {"write a file",
         [] { return outcome(::open("/tmp/sanad-hostile", O_WRONLY | O_CREAT, 0600)); }},
        {"remove a file", [] { return outcome(::unlink("/tmp/sanad-hostile")); }},
        {"make a socket", connect_out},
        {"make a socket for datagrams",
         [] { return outcome(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }},
        {"make a raw socket", [] { return outcome(::socket(AF_INET, SOCK_RAW, IPPROTO_UDP)); }},
        {"make a local socket", [] { return outcome(::socket(AF_UNIX, SOCK_STREAM, 0)); }},
        {"make a pair of sockets",
         [] {
             int ends[2];
             return outcome(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
         }},
        {"make memory a program", make_program},
        {"map a program", map_program},
        {"take 1 GiB", [] { return take_memory(1UL << 30); }},
        {"take 64 MiB", [] { return take_memory(64UL << 20); }},
        {"take descriptors", take_descriptors},
        {"raise a limit", raise_limit},
        {"start a thread", start_thread},
        {"become traceable", [] { return outcome(::prctl(PR_SET_DUMPABLE, 1)); }},
        {"outlive the node", [] { return outcome(::prctl(PR_SET_PDEATHSIG, 0)); }},
        {"change the folder", [] { return outcome(::chdir("/")); }},
        {"get rights", [] { return outcome(::syscall(SYS_setuid, 0)); }},
        {"fork", [] { return outcome(::fork()); }},
        {"fork without end", fork_bomb},
        {"spawn", spawn},
        {"exec",
         [] {
             char name[] = "true";
             char* words[] = {name, nullptr};
             return outcome(::execv("/bin/true", words));
         }},
        {"trace the node",
         [] { return outcome(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr)); }},
        {"read the node's memory", read_the_node},
        {"kill the node", [] { return outcome(::kill(::getppid(), SIGTERM)); }},
        {"queue work in the kernel",
         [] { return outcome(::syscall(SYS_io_uring_setup, 8, nullptr)); }},
        {"leave its namespaces", [] { return outcome(::unshare(CLONE_NEWUSER)); }},
        {"make a system call of another kind",
         [] { return outcome(::syscall(0x40000000 + SYS_getpid)); }},
    };
    return all;
}

}  // namespace

void wait_for_the_end() {
    for (;;) ::poll(nullptr, 0, -1);
}

std::string ask_system(const std::string& act) {
    const auto found = acts().find(act);
    return found == acts().end() ? "well behaved" : found->second();
}

}  // namespace sanad::hostile
