// Two programs read one directory: what its lines may hold must be the same for both.
#include "core/federation/directory_lines.h"
#include "core/federation/directory_values.h"
#include "nodes/passport-verifier/directory_words.h"
#include "tests/unit/federation/directory_sample.h"
#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using namespace std::string_literals;

namespace {

/// What the node says of a line with this list in it.
bool node_takes(const std::string& field, const std::string& list) {
    auto line = format_node_line(test::node("ma.cmrpi", 1));
    const auto start = line.find(" " + field + "=") + field.size() + 2;
    line.replace(start, line.find(' ', start) - start, list);
    return parse_node_line(line).has_value();
}

std::string many(int count, const std::string& before, const std::string& behind) {
    std::string list;
    for (int i = 0; i < count; ++i)
        list += (i == 0 ? "" : ",") + before + std::to_string(i) + behind;
    return list;
}

struct Words {
    const char* field;
    bool (*verifier_takes)(std::string_view);
};

void check_alike(const Words& words, const std::vector<std::string>& good,
                 const std::vector<std::string>& bad) {
    for (const auto& list : good) {
        INFO(words.field << "=" << list);
        CHECK(node_takes(words.field, list));
        CHECK(words.verifier_takes(list));
    }
    for (const auto& list : bad) {
        INFO(words.field << "=" << list);
        CHECK_FALSE(node_takes(words.field, list));
        CHECK_FALSE(words.verifier_takes(list));
    }
}

}  // namespace

TEST_CASE("both verifiers read the languages of a directory alike") {
    check_alike({"languages", verifier::are_languages},
                {"ar", "ar,fr", "ary-Arab", "en-GB-oed", "abcdefgh", "fr-1990-x-1",
                 many(10, "ab-", ""), "aa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee"s.substr(0, 35)},
                {"", "a", "AR", "ar,", ",ar", "ar,,fr", "ar,ar", "ar-", "-ar", "ar--x", "a1",
                 "ar_MA", "abcdefghi", "ar-abcdefghi", "aa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee",
                 many(17, "ab-", "")});
}

TEST_CASE("both verifiers read the services of a directory alike") {
    check_alike(
        {"services", verifier::are_services},
        {"", "phone", "phone,webchat", "a", "a_b", "7", many(32, "s", ""), std::string(32, 'a')},
        {"_a", "a_", "_", "Phone", "a-b", "a,", "a,a", "a,,b", many(33, "s", ""),
         std::string(33, 'a')});
}

TEST_CASE("both verifiers read the endpoints of a directory alike") {
    check_alike(
        {"endpoints", verifier::are_endpoints},
        {"", "tcp://a:1", "tcp://a.example.org:7400", "tcp://192.0.2.1:65535",
         "tcp://[2001:db8::1]:7400", "tcp://[::]:1", "tcp://1.example:1", "tcp://a-b.c:1",
         "tcp://a:1,tcp://b:1", many(8, "tcp://h", ":1"), "tcp://" + std::string(63, 'a') + ":1"},
        {"a:1",
         "tcp://a",
         "tcp://a:",
         "tcp://a:0",
         "tcp://a:65536",
         "tcp://a:01",
         "tcp://:1",
         "udp://a:1",
         "tcp://A:1",
         "tcp://a.:1",
         "tcp://.a:1",
         "tcp://a..b:1",
         "tcp://-a:1",
         "tcp://a-:1",
         "tcp://256.0.2.1:1",
         "tcp://1.2.3:1",
         "tcp://1.2.3.4.5:1",
         "tcp://01.2.3.4:1",
         "tcp://[::1:1",
         "tcp://[]:1",
         "tcp://[1]:1",
         "tcp://[abcd]:1",
         "tcp://[::g]:1",
         "tcp://a:1,tcp://a:1",
         "tcp://a_b:1",
         "tcp://a:1/",
         "tcp://a:999999",
         many(9, "tcp://h", ":1"),
         "tcp://" + std::string(64, 'a') + ":1"});
}

TEST_CASE("a list of stewards names keys that sign texts, and no others") {
    const auto of_type = [](trust::SignatureType type) {
        auto steward = test::steward(1);
        steward.type = type;
        return trust::format(steward) + "\n";
    };
    CHECK(verifier::read_stewards(of_type(trust::SignatureType::ed25519)).has_value());
    CHECK(verifier::read_stewards(of_type(trust::SignatureType::cosignature)).error().fault ==
          Fault::unsupported);
}
