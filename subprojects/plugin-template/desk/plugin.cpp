// A desk: a face for the helpline's people. It serves one page to whoever connects on this machine.
// What people want of the node it would ask with their sessions: README.md says how.
#include "config.capnp.h"
#include "line_server.hpp"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>

namespace {

using namespace sanad::plugin;
using namespace name_of_plugin;

constexpr int idle_ms = 10'000;

class NameOfPlugin final : public Desk<Config> {
public:
    void configure(Config::Reader config) override { greeting_ = config.getGreeting(); }
    void start() override {
        const auto socket = open_listening(host(), "listen");
        if (!socket || socket->status != SANAD_OK) throw Error(SANAD_E_IO, "listen.refused");
        browser_.start(socket->descriptor, idle_ms, [this](auto line) { return answer(line); });
    }
    void stop() override { browser_.stop(); }

private:
    // The head of a request ends with an empty line.
    std::string answer(std::string_view line) {
        if (line != "" && line != "\r") return "";
        browser_.hang_up();
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: " +
               std::to_string(greeting_.size()) + "\r\n\r\n" + greeting_;
    }

    std::string greeting_;
    LineServer browser_;
};

}  // namespace

SANAD_PLUGIN(NameOfPlugin)
