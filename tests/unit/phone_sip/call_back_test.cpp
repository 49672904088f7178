#include "plugins/channels/phone/sip/call_back_rules.h"

#include <catch2/catch.hpp>

using namespace sanad::phone;
using namespace std::chrono_literals;

namespace {

const CallBackRules rules{{"+212600", "0600"}, {"+21260099"}, 3, 5};

}  // namespace

TEST_CASE("a number is called back where a prefix allows it and none refuses it") {
    CHECK(!refused_number(rules, "+212600000001"));
    CHECK(!refused_number(rules, "00212600000001"));
    CHECK(!refused_number(rules, "0600000001"));
    CHECK(refused_number(rules, "+33123456789") == CallBackFault::not_allowed);
    CHECK(refused_number(rules, "+212601000001") == CallBackFault::not_allowed);
    CHECK(refused_number(rules, "+212600990001") == CallBackFault::not_allowed);
    CHECK(refused_number(rules, "00212600990001") == CallBackFault::not_allowed);
    CHECK(refused_number({{}, {}, 3, 5}, "+212600000001") == CallBackFault::not_allowed);
    CHECK(refused_number({{""}, {}, 3, 5}, "+212600000001") == CallBackFault::not_allowed);
}

TEST_CASE("what is not a number leads nowhere") {
    for (const char* bad : {"", "+", "06", "+212600;phone-context=x", "+212600@192.0.2.1",
                            "0600 000001", "0600%30001", "++212600000001", "0600000001\r\nRoute: x",
                            "060000000123456789012345", "sip:0600000001"}) {
        CAPTURE(bad);
        CHECK(refused_number(rules, bad) == CallBackFault::bad_number);
    }
}

TEST_CASE("an hour and a day have their caps, and what was refused is not counted") {
    CallBackCaps caps{rules};
    const auto call = [&](std::chrono::milliseconds now) { return caps.take("0600000001", now); };
    for (int n = 0; n < 3; ++n) {
        CHECK(!call(1s));
        CHECK(caps.take("+33123456789", 1s) == CallBackFault::not_allowed);
    }
    CHECK(call(1s) == CallBackFault::too_many);
    CHECK(call(1h) == CallBackFault::too_many);
    CHECK(!call(1h + 1s));
    CHECK(!call(1h + 1s));
    CHECK(call(5h) == CallBackFault::too_many);  // five in this day
    CHECK(call(24h) == CallBackFault::too_many);
    CHECK(!call(24h + 1s));
}

TEST_CASE("without caps nobody is called") {
    CallBackCaps caps{{{"0600"}, {}, 0, 5}};
    CHECK(caps.take("0600000001", 0ms) == CallBackFault::too_many);
}
