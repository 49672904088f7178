#include "plugins/partners/webhook/courier.h"
#include "plugins/partners/webhook/door.h"
#include "plugins/partners/webhook/event.h"
#include "plugins/partners/webhook/settings.h"

#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/secret_file.h"
#include "plugins/shared/by_node/by_node.h"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>

#include <memory>

// The plugin: escalations go out through the Courier, answers come in through the Door.
namespace sanad::webhook {
namespace {

using plugin::Outcome;
using plugin::schema::Dispatch;
using plugin::schema::DispatchKind;

class Webhook final : public plugin::Partner<Config> {
public:
    void configure(Config::Reader config) override {
        auto checked = check(config, [this](const char* field, const std::string& path) {
            return read_secret(field, path);
        });
        if (!checked) {
            host().log(SANAD_LOG_ERROR, "webhook.config_refused",
                       {{"field", checked.error().field}, {"code", checked.error().code}});
            throw plugin::Error(SANAD_E_INVALID, "webhook.config_refused");
        }
        const bool running = running_ != nullptr;
        stop();
        settings_ = std::make_unique<Settings>(std::move(*checked));
        if (running) start();
    }

    void start() override {
        prepare();
        auto door = Door::open(*settings_, host());
        if (!door) {
            host().log(SANAD_LOG_ERROR, "webhook.listen_failed", {{"code", door.error().code}});
            throw plugin::Error(SANAD_E_IO, "webhook.listen_failed");
        }
        auto running = std::make_unique<Running>();
        running->door = std::move(*door);
        running->courier = std::make_unique<Courier>(*settings_);
        running->public_base = settings_->public_base;
        if (running->public_base.empty()) {
            const http::Url here{false, settings_->server.address, running->door->port(), "/"};
            running->public_base = http::origin_of(here);
        }
        running_ = std::move(running);
        host().log(SANAD_LOG_INFO, "webhook.started",
                   {{"port", std::to_string(running_->door->port())},
                    {"public_key_sha256", fingerprint()}});
    }

    Outcome dispatch(Dispatch::Reader matter) override {
        if (!running_) return Outcome::retry(ask_again, "not_running");
        const std::string id(plugin::view_of(matter.getDeliveryId()));
        if (!is_webhook_id(id)) return Outcome::rejected("delivery_id_malformed");
        Event event;
        switch (matter.getKind()) {
            case DispatchKind::ESCALATION:
                event.kind = EventKind::raised;
                break;
            case DispatchKind::WITHDRAWAL:
                event.kind = EventKind::withdrawn;
                break;
            case DispatchKind::DRILL:
                event.kind = EventKind::drill;
                break;
            default:
                return Outcome::rejected("kind_unknown");
        }
        event.reference = plugin::view_of(matter.getReference());
        event.urgency = matter.getUrgency();
        event.created_at_ms = matter.getCreatedAtMs();
        event.view = plugin::view_of(matter.getView());
        event.public_base = running_->public_base;
        event.takes_callbacks = settings_->takes_callbacks();
        auto body = format_event(event);
        if (!body) return Outcome::rejected(std::string(name(body.error())));
        return running_->courier->deliver(
            {id, std::max<std::uint32_t>(1, matter.getAttempt()), std::move(*body)});
    }

    bool drain(std::uint64_t) override {
        if (!running_) return true;
        running_->door->drain();
        return running_->courier->drain();
    }

    void stop() override { running_.reset(); }

    plugin::Health health() override {
        if (!running_) return {plugin::schema::HealthReply::State::FAILED, "not_running", 0};
        return running_->courier->health();
    }

private:
    struct Running {
        std::unique_ptr<Door> door;
        std::unique_ptr<Courier> courier;
        std::string public_base;
    };

    // By the node, when it offers that: a plugin in a process of its own opens no file.
    std::expected<std::string, SecretFileFault> read_secret(const char* field,
                                                            const std::string& path) {
        auto file = plugin::read_file(host(), field, secret_file_bytes_max);
        if (!file) return read_secret_file(path);
        switch (file->status) {
            case SANAD_OK:
                return secret_in(std::move(file->content));
            case SANAD_E_INVALID:
                return std::unexpected(SecretFileFault::not_private);
            case SANAD_E_FULL:
                return std::unexpected(SecretFileFault::bad_size);
            default:
                return std::unexpected(SecretFileFault::unreadable);
        }
    }

    void prepare() {
        if (const auto ready = by_node::prepare(host(), settings_->server); !ready) {
            host().log(SANAD_LOG_ERROR, "webhook.listen_failed", {{"code", ready.error().code}});
            throw plugin::Error(SANAD_E_IO, "webhook.listen_failed");
        }
        if (!by_node::prepare(host(), settings_->endpoint, settings_->client)) {
            host().log(SANAD_LOG_ERROR, "webhook.ca_unreadable");
            throw plugin::Error(SANAD_E_IO, "webhook.ca_unreadable");
        }
    }

    /// So that an operator can compare keys by telephone; keys themselves are not logged.
    std::string fingerprint() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (const char c : sha256(ed25519_public_key(settings_->seed)).substr(0, 8)) {
            const auto byte = static_cast<unsigned char>(c);
            text += digits[byte >> 4];
            text += digits[byte & 15U];
        }
        return text;
    }

    std::unique_ptr<Settings> settings_;
    std::unique_ptr<Running> running_;  // borrows the settings: declared after them
};

}  // namespace
}  // namespace sanad::webhook

SANAD_PLUGIN(sanad::webhook::Webhook)
