#include "plugins/channels/email/intake.h"
#include "plugins/channels/email/inward.h"
#include "plugins/channels/email/outward.h"
#include "plugins/channels/email/settings.h"

#include <openssl/rand.h>

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

#include <memory>

// The plugin: mails come in through the Intake and go out through Outward.
namespace sanad::email {
namespace {

using plugin::Outcome;
using plugin::schema::Deliver;
using State = plugin::schema::HealthReply::State;

constexpr std::size_t password_bytes_max = 1'024;
constexpr std::size_t authorities_bytes_max = 4U << 20;

class Email final : public plugin::Channel<Config> {
public:
    void configure(Config::Reader config) override {
        start_mail();
        auto settings = std::make_unique<Settings>(read_settings(config));
        const bool running = running_ != nullptr;
        stop();
        settings_ = std::move(settings);
        if (running) start();
    }

    void start() override {
        settings_->password = secret("passwordFile");
        if (settings_->smtp_signs_in)
            settings_->smtp.password =
                settings_->smtp_own_password ? secret("smtpPasswordFile") : settings_->password;
        running_ = std::make_unique<Running>(host(), *settings_, authorities(), key());
        host().log(SANAD_LOG_INFO, "email.started");
    }

    Outcome deliver(Deliver::Reader message) override {
        if (!running_) return Outcome::retry(std::chrono::seconds(1), "not_running");
        const std::string conversation(plugin::view_of(message.getConversation()));
        const auto wrote = message.getMessage();
        if (wrote.getText().size() == 0) {  // only the state has changed
            if (message.getState() == plugin::schema::ConversationState::ENDED)
                running_->outward.forget(conversation);
            return Outcome::accepted();
        }
        if (wrote.getFrom() != plugin::schema::Author::HELPLINE) return Outcome::accepted();
        return running_->outward.deliver(
            {conversation, wrote.getSeq(), wrote.getAtMs(),
             std::string(plugin::view_of(wrote.getText())),
             parse_return(plugin::view_of(message.getReturnAddress()))});
    }

    bool drain(std::uint64_t) override {
        if (!running_) return true;
        const bool inward_done = running_->intake.drain();
        return running_->outward.drain() && inward_done;
    }

    void stop() override { running_.reset(); }

    plugin::Health health() override {
        if (!running_) return {State::FAILED, "not_running", 0};
        std::string trouble = running_->intake.trouble();
        if (trouble.empty()) trouble = running_->outward.trouble();
        const auto queued = static_cast<std::uint32_t>(running_->outward.queued());
        return {trouble.empty() ? State::OK : State::DEGRADED, trouble, queued};
    }

private:
    // Ends from below: nothing new comes in, then nothing waits for the mail server any more.
    struct Running {
        Running(plugin::Host& host, const Settings& settings, std::string authorities,
                std::string key)
            : way{[&host](const std::string& to, std::uint16_t port,
                          std::chrono::milliseconds limit) {
                      const auto opened = plugin::open_connection(host, to, port, limit);
                      return opened && opened->status == SANAD_OK ? opened->descriptor : -1;
                  },
                  std::move(authorities)},
              outward(host, settings,
                      [this, &settings](const Letter& letter, const std::function<bool()>& before) {
                          return send_mail(settings.smtp, letter, way, cancel, before);
                      }),
              inward(host, settings, std::move(key),
                     [this](Greeting greeting) { outward.greet(std::move(greeting)); }),
              intake(host, settings, way, inward) {}
        ~Running() { cancel.now(); }

        Cancel cancel;
        Way way;
        Outward outward;
        Inward inward;
        Intake intake;
    };

    std::string secret(const char* field) {
        auto file = plugin::read_file(host(), field, password_bytes_max);
        if (!file || file->status != SANAD_OK) {
            host().log(SANAD_LOG_ERROR, "email.no_password", {{"field", field}});
            throw plugin::Error(SANAD_E_IO, "email.no_password");
        }
        while (file->content.ends_with('\n') || file->content.ends_with('\r'))
            file->content.pop_back();
        return std::move(file->content);
    }

    std::string authorities() {
        auto file = plugin::read_file(host(), settings_->has_ca_file ? "caFile" : "system-trust",
                                      authorities_bytes_max);
        if (!file || file->status != SANAD_OK || file->content.empty())
            throw plugin::Error(SANAD_E_IO, "email.no_authorities");
        return std::move(file->content);
    }

    // Tokens of conversations are made with it: it stays as long as threads shall hold.
    std::string key() {
        plugin::Values values(host());
        auto kept = values.get("key");
        if (kept.status == SANAD_OK && kept.value.size() == key_bytes) return kept.value;
        std::string fresh(key_bytes, '\0');
        if (kept.status != SANAD_E_NOT_FOUND ||
            RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()),
                       static_cast<int>(fresh.size())) != 1 ||
            values.put("key", fresh) != SANAD_OK)
            throw plugin::Error(SANAD_E_IO, "email.no_key");
        return fresh;
    }

    std::unique_ptr<Settings> settings_;
    std::unique_ptr<Running> running_;  // borrows the settings: declared after them
};

}  // namespace
}  // namespace sanad::email

SANAD_PLUGIN(sanad::email::Email)
