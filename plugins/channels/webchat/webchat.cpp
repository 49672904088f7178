#include "plugins/channels/webchat/chat.h"

#include <sanad/plugin.hpp>

#include <memory>

namespace {

using namespace sanad;  // this file only: the plugin's outermost class
using plugin::Error;
using webchat::Chat;
using webchat::Config;
using webchat::Settings;

class WebChat final : public plugin::Channel<Config> {
public:
    void configure(Config::Reader config) override {
        Settings settings = webchat::read_settings(config);
        if (chat_) {
            if (settings.listen_address != settings_.listen_address ||
                settings.listen_port != settings_.listen_port ||
                settings.certificate_file != settings_.certificate_file)
                throw Error(SANAD_E_UNSUPPORTED, "webchat.restart_needed");
            chat_->change(settings);
        }
        settings_ = std::move(settings);
    }

    void start() override {
        auto chat = std::make_unique<Chat>(host(), settings_);
        if (const auto started = chat->start(); !started) {
            host().log(SANAD_LOG_ERROR, "webchat.not_started",
                       {{"code", started.error().code}, {"detail", started.error().detail}});
            throw Error(SANAD_E_IO, "webchat.not_started");
        }
        chat_ = std::move(chat);
        host().log(SANAD_LOG_INFO, "webchat.listening", {{"port", std::to_string(chat_->port())}});
    }

    bool drain(std::uint64_t) override { return !chat_ || chat_->drain(); }

    void stop() override { chat_.reset(); }

    plugin::Health health() override {
        if (!chat_) return {plugin::schema::HealthReply::State::FAILED, "not_running", 0};
        return {plugin::schema::HealthReply::State::OK, "",
                static_cast<std::uint32_t>(chat_->queued())};
    }

    // A page that is not open gets it by Replay when it comes back: accepted either way.
    plugin::Outcome deliver(plugin::schema::Deliver::Reader message) override {
        if (!chat_) return plugin::Outcome::retry(std::chrono::seconds(1), "not_running");
        const auto line = message.getMessage();
        chat_->deliver(
            std::string(plugin::view_of(message.getConversation())),
            {line.getSeq(), line.getAtMs(), line.getFrom() == plugin::schema::Author::PERSON,
             std::string(plugin::view_of(line.getKey())),
             std::string(plugin::view_of(line.getText()))},
            message.getState());
        return plugin::Outcome::accepted();
    }

private:
    Settings settings_;
    std::unique_ptr<Chat> chat_;
};

}  // namespace

SANAD_PLUGIN(WebChat)
