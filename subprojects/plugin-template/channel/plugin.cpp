// A channel: a gateway on this machine connects, and each line is one message. README.md has the
// lines.
#include "config.capnp.h"
#include "line_server.hpp"
#include "line_text.hpp"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>

namespace {

using namespace sanad::plugin;
using namespace name_of_plugin;

class NameOfPlugin final : public Channel<Config> {
public:
    void configure(Config::Reader config) override { language_ = config.getLanguage(); }
    void start() override {
        const auto socket = open_listening(host(), "listen");
        if (!socket || socket->status != SANAD_OK) throw Error(SANAD_E_IO, "listen.refused");
        host().log(SANAD_LOG_INFO, "listening", {{"port", port_of(socket->descriptor)}});
        gateway_.start(socket->descriptor, -1, [this](auto line) { return take(line) + "\n"; });
    }
    void stop() override { gateway_.stop(); }
    Health health() override {
        if (gateway_.is_connected()) return {};
        return {schema::HealthReply::State::DEGRADED, "no_gateway", 0};
    }

    Outcome deliver(schema::Deliver::Reader delivery) override {
        const auto message = delivery.getMessage();
        if (message.getText().size() == 0) return Outcome::accepted();  // only the state changed
        const bool said = gateway_.say("say " + std::string(view_of(delivery.getConversation())) +
                                       " " + std::to_string(message.getSeq()) + " " +
                                       one_line(view_of(message.getText())) + "\n");
        return said ? Outcome::accepted() : Outcome::retry(std::chrono::seconds(5), "no_gateway");
    }

private:
    // CONVERSATION KEY TEXT. Says ok when the message is on disk, and not before.
    std::string take(std::string_view line) {
        const auto [conversation, key, text] = three_words(line);
        const auto answer = host().submit(conversation, key, as_written(text), language_);
        if (answer) return "ok " + std::string(key);
        const bool never = answer.status() == SANAD_E_INVALID;
        return (never ? "no " : "again ") + std::string(key);
    }

    std::string language_;
    LineServer gateway_;
};

}  // namespace

SANAD_PLUGIN(NameOfPlugin)
