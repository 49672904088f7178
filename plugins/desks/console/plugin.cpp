#include "plugins/desks/console/console.h"

#include <sanad/plugin.hpp>

#include <memory>

namespace {

using namespace sanad;  // this file only: the plugin's outermost class
using console::Config;
using console::Console;
using console::Settings;
using plugin::Error;

class ConsoleDesk final : public plugin::Desk<Config> {
public:
    void configure(Config::Reader config) override {
        Settings settings = console::read_settings(config);
        if (console_) {
            if (settings.listen_address != settings_.listen_address ||
                settings.listen_port != settings_.listen_port ||
                settings.certificate_file != settings_.certificate_file)
                throw Error(SANAD_E_UNSUPPORTED, "console.restart_needed");
            console_->change(settings);
        }
        settings_ = std::move(settings);
    }

    void start() override {
        auto console = std::make_unique<Console>(host(), settings_);
        if (const auto started = console->start(); !started) {
            host().log(SANAD_LOG_ERROR, "console.not_started",
                       {{"code", started.error().code}, {"detail", started.error().detail}});
            throw Error(SANAD_E_IO, "console.not_started");
        }
        console_ = std::move(console);
        host().log(SANAD_LOG_INFO, "console.listening",
                   {{"port", std::to_string(console_->port())}});
    }

    bool drain(std::uint64_t) override { return !console_ || console_->drain(); }

    void stop() override { console_.reset(); }

    plugin::Health health() override {
        if (!console_) return {plugin::schema::HealthReply::State::FAILED, "not_running", 0};
        return {plugin::schema::HealthReply::State::OK, "",
                static_cast<std::uint32_t>(console_->queued())};
    }

private:
    Settings settings_;
    std::unique_ptr<Console> console_;
};

}  // namespace

SANAD_PLUGIN(ConsoleDesk)
