#pragma once

#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/config.capnp.h"
#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/signature.h"
#include "plugins/shared/http/client.h"
#include "plugins/shared/http/server.h"
#include "tests/unit/webhook/temporary_folder.h"

#include <sanad/fake_host.hpp>

#include <ctime>
#include <deque>
#include <map>
#include <mutex>

namespace sanad::webhook {

inline const std::string our_seed(32, 's');
inline const std::string partner_seed(32, 'p');

/// An organisation's server: keeps what comes, answers as told.
class PartnerServer {
public:
    PartnerServer() {
        http::Options options;
        options.limits.requests_per_second = 0;
        http::Handlers handlers;
        handlers.request = [this](http::Request request, http::Responder respond) {
            take(std::move(request), std::move(respond));
        };
        auto started = http::Server::start(options, handlers);
        if (!started) throw std::runtime_error(started.error().code);
        server_ = std::move(*started);
    }
    ~PartnerServer() { server_->stop(); }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook";
    }
    /// The next requests get these answers; after them 200.
    void answer_next(http::Response response) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(response));
    }
    /// Requests wait until release().
    void hold() {
        const std::lock_guard lock(mutex_);
        holding_ = true;
    }
    void release(const http::Response& response = {}) {
        std::deque<http::Responder> waiting;
        {
            const std::lock_guard lock(mutex_);
            holding_ = false;
            waiting.swap(waiting_);
        }
        for (const auto& respond : waiting) respond(response);
    }
    std::vector<http::Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void take(http::Request request, http::Responder respond) {
        std::unique_lock lock(mutex_);
        requests_.push_back(std::move(request));
        if (holding_) return waiting_.push_back(std::move(respond));
        http::Response response;
        if (!answers_.empty()) {
            response = std::move(answers_.front());
            answers_.pop_front();
        }
        lock.unlock();
        respond(std::move(response));
    }

    mutable std::mutex mutex_;
    std::deque<http::Response> answers_;
    std::vector<http::Request> requests_;
    std::deque<http::Responder> waiting_;
    bool holding_ = false;
    std::unique_ptr<http::Server> server_;
};

/// The plugin in a FakeHost, with a partner's server, and the way in for the partner.
class Story {
public:
    Story() : host(sanad_plugin_entry_v1) {
        if (configure() != SANAD_OK || host.start() != SANAD_OK)
            throw std::runtime_error("the plugin does not start");
        plugin::FakeHost::Matter matter;
        matter.view = R"({"narrative":"كلمات الطفل","age_band":"13-15"})";
        matter.urgency = 1;
        matter.created_at_ms = 1'795'485'600'000;
        host.set_matter(reference, matter);
    }

    sanad_status configure() {
        return host.configure<Config>([&](Config::Builder config) {
            config.setPartner("Association Exemple");
            config.setEndpoint(partner.url());
            config.setSigningKeyFile(folder_.write("key", "whsk_" + to_base64(our_seed)));
            config.initCallbackKeys(1).set(0, format_public_key(ed25519_public_key(partner_seed)));
        });
    }

    http::Url url(const std::string& target) const {
        const std::string marker = "webhook.started port=";
        std::uint16_t port = 0;
        for (const std::string& line : host.log())
            if (line.starts_with(marker))
                port = static_cast<std::uint16_t>(std::stoi(line.substr(marker.size())));
        return {false, "127.0.0.1", port, target};
    }

    http::ClientResponse ask(const std::string& method, const std::string& target,
                             http::Headers headers = {}, const std::string& body = "") const {
        http::Client client({});
        const auto answer = client.send({method, url(target), std::move(headers), body});
        if (!answer) throw std::runtime_error(std::string(name(answer.error())));
        return *answer;
    }

    /// A callback as the partner's software would send it.
    http::ClientResponse call_back(const std::string& body, const std::string& id = "cb_1",
                                   std::int64_t late_s = 0,
                                   const std::string& seed = partner_seed) const {
        const std::int64_t at_s = std::time(nullptr) + late_s;
        return ask("POST", "/callback",
                   {{"Content-Type", "application/json"},
                    {"webhook-id", id},
                    {"webhook-timestamp", std::to_string(at_s)},
                    {"webhook-signature", sign(seed, id, at_s, body)}},
                   body);
    }

    std::string report(const std::string& status, const std::string& note = "") const {
        return R"({"reference":")" + to_base64url(reference) + R"(","status":")" + status +
               R"(","note":")" + note + R"("})";
    }

    std::string link() const { return "/pickup/" + to_base64url(reference); }

    const std::string reference = std::string("0123456789abcde") + '\xff';
    PartnerServer partner;
    plugin::FakeHost host;

private:
    TemporaryFolder folder_;
};

}  // namespace sanad::webhook
