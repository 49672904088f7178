#include "tests/integration/webhook/helpline.h"
#include "tests/integration/webhook/script.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::test;
using plugin::schema::PartnerStatus;
using sanad::webhook::to_base64;
using Result = plugin::schema::Outcome::Result;

namespace {

std::string recorded(const std::string& status, const std::string& library) {
    return R"({"event":"callback","status":")" + status + R"(","http":200,"signed_by":")" +
           library + "\"}";
}

}  // namespace

TEST_CASE("an independent receiver verifies an escalation and its signed answers arrive") {
    Receiver receiver(
        {"--fail", "1", "--answer", "acknowledged,completed", "--note", "شكرا"},
        {{"RECEIVER_KEY", helpline_key}, {"RECEIVER_SECRET", "whsec_" + to_base64(shared_secret)}});
    Helpline helpline(receiver.url());

    const auto first = helpline.dispatch(reference, "dlv_1", 1);
    CHECK(first.outcome.result == Result::RETRY);
    CHECK(first.outcome.reason == "http_503");
    CHECK(first.outcome.retry_after_ms >= 1000);
    CHECK(helpline.dispatch(reference, "dlv_1", 2).outcome.result == Result::ACCEPTED);
    CHECK(helpline.wait_for([&] { return helpline.matter(reference).news.size() == 2; }));

    for (const char* status : {"503", "204"}) {
        const std::string line = receiver.next_line();
        INFO(line);
        CHECK(text_in(line, "event") == "received");
        CHECK(text_in(line, "type") == "escalation.raised");
        CHECK(text_in(line, "webhook_id") == "dlv_1");
        CHECK(text_in(line, "urgency") == "U1");
        CHECK(line.find("\"verified\":true") != line.npos);
        CHECK(text_in(line, "verified_by") == "tweetnacl 1.0.3");
        CHECK(line.find(R"("fields":["narrative","age_band","languages",)") != line.npos);
        CHECK(line.find("\"answered\":" + std::string(status)) != line.npos);
    }
    CHECK(receiver.next_line() == recorded("acknowledged", "standardwebhooks 1.1.1"));
    CHECK(receiver.next_line() == recorded("completed", "standardwebhooks 1.1.1"));
    const auto news = helpline.matter(reference).news;
    REQUIRE(news.size() == 2);
    CHECK(news[0].status == PartnerStatus::ACKNOWLEDGED);
    CHECK(news[1].status == PartnerStatus::COMPLETED);
    CHECK(news[1].note == "شكرا");
    CHECK(news[1].by == "callback");
}

TEST_CASE("a partner with a key of its own answers by Ed25519") {
    Receiver receiver(
        {"--answer", "in_progress"},
        {{"RECEIVER_KEY", helpline_key}, {"RECEIVER_OWN_KEY", "whsk_" + to_base64(partner_seed)}});
    Helpline helpline(receiver.url());
    CHECK(helpline.dispatch(reference, "dlv_1").outcome.result == Result::ACCEPTED);
    CHECK(text_in(receiver.next_line(), "event") == "received");
    CHECK(receiver.next_line() == recorded("in_progress", "tweetnacl 1.0.3"));
    CHECK(helpline.matter(reference).state == "in_progress");
}

TEST_CASE("an independent receiver refuses what another key signed") {
    Receiver receiver(
        {}, {{"RECEIVER_KEY",
              webhook::format_public_key(webhook::ed25519_public_key(std::string(32, 'x')))}});
    Helpline helpline(receiver.url());
    CHECK(helpline.dispatch(reference, "dlv_1").outcome.reason == "http_401");
    CHECK(text_in(receiver.next_line(), "reason") == "signature_wrong");
}

TEST_CASE("an answer that the helpline cannot attribute is refused to the receiver") {
    Receiver receiver({"--answer", "completed"},
                      {{"RECEIVER_KEY", helpline_key},
                       {"RECEIVER_SECRET", "whsec_" + to_base64(std::string(32, 'z'))}});
    Helpline helpline(receiver.url());
    CHECK(helpline.dispatch(reference, "dlv_1").outcome.result == Result::ACCEPTED);
    CHECK(text_in(receiver.next_line(), "event") == "received");
    CHECK(receiver.next_line().find("\"http\":401") != std::string::npos);
    CHECK(helpline.matter(reference).news.empty());
}

TEST_CASE("a delivery that is given again after a crash is a duplicate for the receiver") {
    Receiver receiver({}, {{"RECEIVER_KEY", helpline_key}});
    for (const char* duplicate : {"\"duplicate\":false", "\"duplicate\":true"}) {
        Helpline helpline(receiver.url());  // it knows nothing of what was sent before
        CHECK(helpline.dispatch(reference, "dlv_1").outcome.result == Result::ACCEPTED);
        CHECK(receiver.next_line().find(duplicate) != std::string::npos);
    }
}

TEST_CASE("a withdrawal arrives without a view") {
    Receiver receiver({}, {{"RECEIVER_KEY", helpline_key}});
    Helpline helpline(receiver.url());
    CHECK(helpline.dispatch(reference, "dlv_2", 1, plugin::schema::DispatchKind::WITHDRAWAL)
              .outcome.result == Result::ACCEPTED);
    const std::string line = receiver.next_line();
    CHECK(text_in(line, "type") == "escalation.withdrawn");
    CHECK(line.find("\"fields\":[]") != std::string::npos);
}
