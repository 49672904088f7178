#include "plugins/channels/phone/calls/calls.h"
#include "plugins/channels/phone/calls/speaker.h"
#include "plugins/channels/phone/flow/flow_reader.h"
#include "plugins/channels/phone/material.h"
#include "plugins/channels/phone/settings.h"
#include "plugins/channels/phone/sip/endpoint.h"

#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

#include <malloc.h>

#include <future>
#include <memory>
#include <optional>

namespace {

using namespace sanad;  // this file only: the plugin's outermost class
using phone::Calls;
using phone::Config;
using phone::Endpoint;
using phone::Settings;
using plugin::Error;
using plugin::Outcome;

constexpr std::chrono::seconds answer_wait{2};  // of the lines' thread, which never waits itself

/// All that is there while the plugin runs. What is first outlives what follows.
struct Running {
    Running(plugin::Host& host, const Settings& settings, phone::Material material)
        : flow(std::move(material.flow)),
          prompts(std::move(material.prompts)),
          speaker(prompts),
          endpoint(material.endpoint),
          calls(
              host, endpoint, lanes, flow,
              [this](const auto& items) { return speaker.sounds(items); },
              phone::call_settings(settings, material.caller_key)) {}
    // The lanes first: what they give back goes to the endpoint.
    ~Running() {
        lanes.stop();
        endpoint.stop();
    }

    lanes::Lanes lanes;
    const phone::Flow flow;
    const phone::PromptPacks prompts;
    const phone::Speaker speaker;
    Endpoint endpoint;
    Calls calls;
};

class Phone final : public plugin::Channel<Config> {
public:
    void configure(Config::Reader config) override {
        Settings settings = phone::read_settings(config);
        if (running_) throw Error(SANAD_E_UNSUPPORTED, "phone.restart_needed");
        settings_ = std::move(settings);
    }

    void start() override {
        auto material = phone::read_material(host(), settings_);
        ::malloc_trim(0);  // the prompts were read as files several times as large
        material.endpoint.credential = [this](const std::string& device, auto answer) {
            ask_credential(device, std::move(answer));
        };
        auto running = std::make_unique<Running>(host(), settings_, std::move(material));
        running_ = std::move(running);
        if (const std::size_t closed = running_->calls.close_former())
            host().log(SANAD_LOG_WARN, "phone.calls_cut_off", {{"count", std::to_string(closed)}});
        if (const auto wrong = running_->endpoint.start(running_->calls)) {
            running_.reset();
            host().log(SANAD_LOG_ERROR, "phone.not_started", {{"code", *wrong}});
            throw Error(SANAD_E_IO, "phone.not_started");
        }
        const phone::Ports ports = running_->endpoint.ports();
        host().log(SANAD_LOG_INFO, "phone.listening",
                   {{"udp", std::to_string(ports.udp)},
                    {"tcp", std::to_string(ports.tcp)},
                    {"tls", std::to_string(ports.tls)}});
    }

    // Who talks is let finish, as long as the node allows.
    bool drain(std::uint64_t) override {
        if (!running_) return true;
        running_->calls.drain();
        return running_->calls.count() == 0;
    }

    void stop() override { running_.reset(); }

    plugin::Health health() override {
        using State = plugin::schema::HealthReply::State;
        if (!running_) return {State::FAILED, "not_running", 0};
        const auto calls = static_cast<std::uint32_t>(running_->calls.count());
        plugin::gauge(host(), "calls", calls);
        if (!running_->endpoint.trunk_registered())
            return {State::DEGRADED, "trunk_not_registered", calls};
        return {State::OK, "", calls};
    }

    // What is written cannot be heard: the console offers no field for it in a call.
    Outcome deliver(plugin::schema::Deliver::Reader message) override {
        if (message.getMessage().getText().size() > 0) return Outcome::rejected("no_text");
        if (!running_) return Outcome::retry(std::chrono::seconds(1), "not_running");
        if (message.getState() == plugin::schema::ConversationState::ENDED)
            running_->endpoint.post([calls = &running_->calls,
                                     id = std::string(plugin::view_of(message.getConversation()))] {
                calls->contact_ended(id);
            });
        return Outcome::accepted();
    }

    Outcome connect(plugin::schema::Connect::Reader wanted) override {
        return on_lines([conversation = std::string(plugin::view_of(wanted.getConversation())),
                         device = std::string(plugin::view_of(wanted.getDevice())),
                         number = std::string(plugin::view_of(wanted.getReturnAddress()))](
                            Calls& calls) { return calls.connect(conversation, device, number); });
    }

    Outcome control(plugin::schema::Control::Reader wanted) override {
        return on_lines([conversation = std::string(plugin::view_of(wanted.getConversation())),
                         act = wanted.getAct(),
                         device = std::string(plugin::view_of(wanted.getDevice()))](Calls& calls) {
            return calls.control(conversation, act, device);
        });
    }

private:
    template <typename Work>
    Outcome on_lines(Work work) {
        if (!running_) return Outcome::retry(std::chrono::seconds(1), "not_running");
        auto answer = std::make_shared<std::promise<Outcome>>();
        auto answered = answer->get_future();
        running_->endpoint.post(
            [calls = &running_->calls, work, answer] { answer->set_value(work(*calls)); });
        if (answered.wait_for(answer_wait) != std::future_status::ready)
            return Outcome::rejected("lines_busy");
        return answered.get();
    }

    void ask_credential(const std::string& device,
                        std::function<void(std::optional<phone::Ha1>)> answer) {
        auto shared = std::make_shared<decltype(answer)>(std::move(answer));
        const bool added = running_->lanes.add(device, [this, device, shared] {
            const auto known = host().device(device);
            phone::Ha1 ha1{};
            const bool whole = known && known->getHa1().size() == ha1.size();
            if (whole) std::ranges::copy(known->getHa1(), ha1.begin());
            (*shared)(whole ? std::optional(ha1) : std::nullopt);
        });
        if (!added) (*shared)(std::nullopt);
    }

    Settings settings_;
    std::unique_ptr<Running> running_;
};

}  // namespace

SANAD_PLUGIN(Phone)
