#include "plugins/partners/webhook/courier.h"
#include "tests/unit/webhook/partner.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace sanad;
using namespace sanad::webhook;
using namespace std::chrono_literals;
using Result = plugin::schema::Outcome::Result;
using State = plugin::schema::HealthReply::State;

namespace {

http::Response status_only(unsigned status, http::Headers headers = {}) {
    return {status, "text/plain", "", std::move(headers)};
}

SignedHeaders headers_of(const http::Request& request) {
    return {*request.header("webhook-id"), *request.header("webhook-timestamp"),
            *request.header("webhook-signature")};
}

}  // namespace

TEST_CASE("an escalation arrives signed by our key, with the disclosed view") {
    Story story;
    const auto delivered = story.host.dispatch(story.reference, "dlv_1");
    CHECK(delivered.status == SANAD_OK);
    CHECK(delivered.outcome.result == Result::ACCEPTED);
    REQUIRE(story.partner.requests().size() == 1);
    const http::Request request = story.partner.requests().front();
    CHECK(request.method == "POST");
    CHECK(request.path == "/hook");
    CHECK(*request.header("webhook-id") == "dlv_1");
    CHECK(verify({{ed25519_public_key(our_seed)}, {}}, headers_of(request), request.body,
                 std::time(nullptr)));
    CHECK(request.body.find(R"("view":{"narrative":"كلمات الطفل","age_band":"13-15"})") !=
          std::string::npos);
    const std::string base = http::origin_of(story.url("/"));
    CHECK(request.body.find("\"callback\":\"" + base + "/callback\"") != std::string::npos);
    CHECK(request.body.find("\"pickup\":\"" + base + story.link() + "\"") != std::string::npos);
    CHECK(story.host.health().state == State::OK);
}

TEST_CASE("a delivery that failed keeps its id and body when it comes again") {
    Story story;
    story.partner.answer_next(status_only(503, {{"Retry-After", "2"}}));
    const auto first = story.host.dispatch(story.reference, "dlv_1", 1);
    CHECK(first.outcome.result == Result::RETRY);
    CHECK(first.outcome.reason == "http_503");
    CHECK(first.outcome.retry_after_ms >= 2000);
    CHECK(first.outcome.retry_after_ms <= 2400);
    CHECK(story.host.health().state == State::DEGRADED);
    CHECK(story.host.dispatch(story.reference, "dlv_1", 2).outcome.result == Result::ACCEPTED);
    const auto requests = story.partner.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].body == requests[1].body);
    CHECK(*requests[0].header("webhook-id") == *requests[1].header("webhook-id"));
    CHECK(story.host.health().state == State::OK);
}

TEST_CASE("after 410 nothing more is sent until the partner is configured again") {
    Story story;
    story.partner.answer_next(status_only(410));
    CHECK(story.host.dispatch(story.reference, "dlv_1").outcome.reason == "http_410");
    const auto next = story.host.dispatch(story.reference, "dlv_2");
    CHECK(next.outcome.result == Result::REJECTED);
    CHECK(next.outcome.reason == "endpoint_disabled");
    CHECK(story.partner.requests().size() == 1);
    CHECK(story.host.health().state == State::FAILED);
    REQUIRE(story.configure() == SANAD_OK);
    CHECK(story.host.dispatch(story.reference, "dlv_2").outcome.result == Result::ACCEPTED);
}

TEST_CASE("what cannot be sent as it is comes back rejected with the reason") {
    Story story;
    CHECK(story.host.dispatch(story.reference, "dlv.1").outcome.reason == "delivery_id_malformed");
    CHECK(story.host.dispatch(std::string(16, 'u'), "dlv_1").outcome.reason == "view_malformed");
    CHECK(story.partner.requests().empty());
}

TEST_CASE("a slow server holds the node for the agreed time and gets nothing twice") {
    PartnerServer partner;
    partner.hold();
    Settings settings;
    settings.endpoint = *http::parse_url(partner.url());
    settings.seed = our_seed;
    Courier courier(settings, 1ms);
    const auto first = courier.deliver({"dlv_1", 1, "{}"});
    CHECK(first.result == Result::RETRY);
    CHECK(first.reason == "under_way");
    CHECK(courier.health().queued == 1);
    CHECK_FALSE(courier.drain());
    partner.release();
    auto outcome = first;
    std::uint32_t attempt = 2;
    while (outcome.reason == "under_way") outcome = courier.deliver({"dlv_1", attempt++, "{}"});
    CHECK(outcome.result == Result::ACCEPTED);
    CHECK(partner.requests().size() == 1);
    CHECK(courier.drain());
    CHECK(courier.deliver({"dlv_2", 1, "{}"}).reason == "draining");
}

TEST_CASE("a wait for a slow send is no try of the schedule") {
    PartnerServer partner;
    partner.hold();
    Settings settings;
    settings.endpoint = *http::parse_url(partner.url());
    settings.seed = our_seed;
    Courier courier(settings, 0ms);
    std::uint32_t attempt = 1;
    const auto outcome_of_send = [&] {
        plugin::Outcome outcome;
        do outcome = courier.deliver({"dlv_1", attempt++, "{}"});
        while (outcome.reason == "under_way");
        return outcome;
    };
    CHECK(courier.deliver({"dlv_1", attempt++, "{}"}).reason == "under_way");
    CHECK(courier.deliver({"dlv_1", attempt++, "{}"}).reason == "under_way");
    while (partner.requests().empty()) std::this_thread::yield();
    partner.answer_next(status_only(500));
    partner.release(status_only(500));
    const auto first = outcome_of_send();
    CHECK(first.reason == "http_500");
    CHECK(first.retry_after_ms >= 5'000);
    CHECK(first.retry_after_ms <= 6'000);
    // The node counts at least four tries by now; the partner has seen one, and now its second.
    const auto second = outcome_of_send();
    CHECK(second.reason == "http_500");
    CHECK(second.retry_after_ms >= 300'000);
    CHECK(second.retry_after_ms <= 360'000);
    CHECK(partner.requests().size() == 2);
}

TEST_CASE("a server that never answers does not keep the plugin from stopping") {
    PartnerServer partner;
    partner.hold();
    Settings settings;
    settings.endpoint = *http::parse_url(partner.url());
    settings.seed = our_seed;
    auto courier = std::make_unique<Courier>(settings, 1ms);
    CHECK(courier->deliver({"dlv_1", 1, "{}"}).reason == "under_way");
    courier.reset();
}

TEST_CASE("draining takes nothing new in or out, and stopping twice is one stop") {
    Story story;
    CHECK(story.host.drain() == SANAD_OK);
    CHECK(story.host.dispatch(story.reference, "dlv_1").outcome.reason == "draining");
    CHECK(story.call_back(story.report("acknowledged")).status == 503);
    CHECK(story.host.calls(SANAD_M_STATUS) == 0);
    CHECK(story.host.stop() == SANAD_OK);
    CHECK(story.host.stop() == SANAD_OK);
    CHECK(story.host.dispatch(story.reference, "dlv_1").outcome.reason == "not_running");
    CHECK(story.host.start() == SANAD_OK);
    CHECK(story.host.dispatch(story.reference, "dlv_1").outcome.result == Result::ACCEPTED);
}

TEST_CASE("a wrong configuration is refused by field and code, and nothing of it is logged") {
    Story story;
    const auto status = story.host.configure<Config>([](Config::Builder config) {
        config.setPartner("Association Exemple");
        config.setEndpoint("http://ngo.example.org/hush");
    });
    CHECK(status == SANAD_E_INVALID);
    CHECK(story.host.logged("webhook.config_refused field=endpoint code=url_not_private"));
    CHECK_FALSE(story.host.logged("hush"));
    CHECK(story.host.dispatch(story.reference, "dlv_1").outcome.result == Result::ACCEPTED);
}
