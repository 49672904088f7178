#include "tests/unit/plugins/hostile/hostile_config.capnp.h"
#include "tests/unit/plugins/hostile/system.h"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

// A channel that does, when it is told so by a delivered text, what a plugin must not do. What it
// found out stands in the reference of its outcome.
namespace {

using namespace sanad::plugin;
using sanad::hostile::Config;
using sanad::hostile::wait_for_the_end;

// As the node's frames are: a plugin in an isolated process can write to its socket what it likes.
struct Header {
    std::uint32_t kind, method;
    std::uint64_t seq, limit_ns;
    std::int32_t status;
    std::uint32_t size;
};
constexpr std::uint32_t kind_load = 1, kind_call = 3, kind_reply = 4, kind_log = 5;
constexpr int node = 3;

void write_raw(const void* bytes, std::size_t size) { (void)!::send(node, bytes, size, 0); }
void write_header(Header header) { write_raw(&header, sizeof header); }

std::string descriptors() {
    std::string open;
    for (int number = 0; number < 1024; ++number)
        if (::fcntl(number, F_GETFD) >= 0) open += std::to_string(number) + " ";
    return open;
}

int deeper(int level) {
    volatile char room[4096];
    room[0] = static_cast<char>(level);
    return level < 0 ? room[0] : deeper(level + 1) + room[0];
}

class Hostile final : public Channel<Config> {
public:
    void configure(Config::Reader config) override { speaks_ = config.getSpeaks(); }
    void start() override {
        if (speaks_) speaker_ = std::thread([this] { speak(); });
    }
    void stop() override {
        stopping_ = true;
        if (speaker_.joinable()) speaker_.join();
        if (spins_at_stop_) wait_for_the_end();
    }
    void on_event(std::uint32_t, std::uint64_t, std::uint64_t) override { wait_for_the_end(); }

    Outcome deliver(schema::Deliver::Reader message) override {
        const std::string text(view_of(message.getMessage().getText()));
        if (const auto found = acts_.find(text); found != acts_.end())
            return Outcome::accepted(found->second());
        if (text.rfind("node, ", 0) == 0) return Outcome::accepted(ask_node(text.substr(6)));
        return Outcome::accepted(sanad::hostile::ask_system(text));
    }

private:
    void speak() {
        while (!stopping_ &&
               !host().submit(std::string(16, 'c'), "its only key", "Is somebody there?", "en"))
            std::this_thread::yield();
    }

    // "listen NAME", "connect HOST PORT" or "read NAME".
    std::string ask_node(const std::string& what) {
        std::istringstream words(what);
        std::string verb, name;
        std::uint16_t port = 0;
        words >> verb >> name >> port;
        if (verb == "read") {
            const auto file = read_file(host(), name.c_str(), 1024);
            return file->status == SANAD_OK ? file->content : std::to_string(file->status);
        }
        const auto opened = verb == "listen"
                                ? open_listening(host(), name.c_str())
                                : open_connection(host(), name, port, std::chrono::seconds(10));
        if (opened->status != SANAD_OK) return std::to_string(opened->status);
        int listens = 0;
        socklen_t size = sizeof listens;
        const bool socket =
            ::getsockopt(opened->descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0;
        ::close(opened->descriptor);
        if (!socket) return "no socket";
        return listens ? "a listening socket" : "a connected socket";
    }

    std::string ask_from_threads() {
        std::vector<std::thread> threads;
        std::atomic<int> taken = 0;
        for (int n = 0; n < 4; ++n)
            threads.emplace_back([this, n, &taken] {
                const auto answer =
                    host().submit(std::string(16, 'c'), "key-" + std::to_string(n) + "-of-4",
                                  "from a thread", "en");
                taken += bool(answer);
            });
        for (auto& thread : threads) thread.join();
        return std::to_string(taken.load());
    }

    sanad_status call(std::uint32_t method) {
        capnp::MallocMessageBuilder empty;
        empty.initRoot<schema::View>();
        return host().tell(method, empty);
    }

    bool spins_at_stop_ = false;
    bool speaks_ = false;
    std::atomic<bool> stopping_ = false;
    std::thread speaker_;
    const std::map<std::string, std::function<std::string()>> acts_ = {
        {"which descriptors", descriptors},
        {"which environment", [] { return std::string(*environ ? *environ : "none"); }},
        {"ask from threads", [this] { return ask_from_threads(); }},
        {"exit",
         [] {
             ::_exit(0);
             return "";
         }},
        {"segv",
         [] {
             ::raise(SIGSEGV);
             return "";
         }},
        {"deep", [] { return std::to_string(deeper(1)); }},
        {"hang in an event",
         [this] {
             host().post(1);
             return "";
         }},
        {"hang at stop",
         [this] {
             spins_at_stop_ = true;
             return "";
         }},
        {"hang",
         [] {
             wait_for_the_end();
             return "";
         }},
        {"close the socket",
         [] {
             ::close(node);
             wait_for_the_end();
             return "";
         }},
        {"half a frame",
         [] {
             write_raw("half", 4);
             wait_for_the_end();
             return "";
         }},
        {"an empty frame",
         [] {
             write_raw("", 0);
             wait_for_the_end();
             return "";
         }},
        {"lie about a size",
         [] {
             write_header({kind_log, 1, 0, 0, 0, 0x7fffffff});
             wait_for_the_end();
             return "";
         }},
        {"a frame of no kind",
         [] {
             write_header({99, 0, 0, 0, 0, 0});
             wait_for_the_end();
             return "";
         }},
        {"a frame of the node's",
         [] {
             write_header({kind_load, 1, 0, 0, 0, 0});
             wait_for_the_end();
             return "";
         }},
        {"answer another's request",
         [] {
             write_header({kind_reply, 0, 1'000'000, 0, 0, 0});
             wait_for_the_end();
             return "";
         }},
        {"answer twice",
         [] {  // whatever number it had, and then the real answer
             for (std::uint64_t seq = 1; seq < 100; ++seq)
                 write_header({kind_reply, 0, seq, 0, 0, 0});
             return "";
         }},
        {"call what is denied", [this] { return std::to_string(call(SANAD_M_STATUS)); }},
        {"garbage",
         [this] {
             std::vector<std::uint8_t> bytes(4096, 0xab);
             sanad_call garbage{};
             Header header{kind_call, SANAD_M_SUBMIT, 5'000'000, 0, 0, 4096};
             std::vector<std::uint8_t> frame(sizeof header + bytes.size(), 0xab);
             std::memcpy(frame.data(), &header, sizeof header);
             for (int n = 0; n < 100; ++n) write_raw(frame.data(), frame.size());
             (void)garbage;
             return "";
         }},
        {"flood the log",
         [] {
             for (;;) write_header({kind_log, 1, 0, 0, 0, 0});
             return "";
         }},
        {"log a lot",
         [this] {
             for (int n = 0; n < 20'000; ++n) host().log(SANAD_LOG_INFO, "hostile.line");
             return "";
         }},
    };
};

}  // namespace

SANAD_PLUGIN(Hostile)
