#include "core/base/encoding.h"
#include "core/base/ids.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

#include <catch2/catch.hpp>

using namespace sanad;

namespace {

struct Counting final : Entropy {
    std::uint8_t next = 0;
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = next++;
    }
};

}  // namespace

TEST_CASE("bytes come back from hexadecimal and base64 unchanged, at every length") {
    Bytes bytes;
    for (std::size_t size = 0; size < 70; ++size) {
        CHECK(from_hex(to_hex(bytes)).value() == bytes);
        CHECK(from_base64(to_base64(bytes)).value() == bytes);
        bytes.push_back(static_cast<std::uint8_t>(size * 37));
    }
}

TEST_CASE("base64 as in the examples of RFC 4648, section 10") {
    CHECK(to_base64(bytes_of("")).empty());
    CHECK(to_base64(bytes_of("f")) == "Zg==");
    CHECK(to_base64(bytes_of("fo")) == "Zm8=");
    CHECK(to_base64(bytes_of("foobar")) == "Zm9vYmFy");
}

TEST_CASE("base64 has one text for the same bytes: other forms are refused") {
    for (const auto* text : {"Zg", "Zg=", "Zh==", "Zg===", "Z", "Zm9v\n", "Zm-v", "===="})
        CHECK_FALSE(from_base64(text).has_value());
}

TEST_CASE("an id is a UUIDv7 that keeps its time and comes back from its text") {
    Counting entropy;
    const auto early = make_id<CaseId>(Time{1'000}, entropy);
    const auto late = make_id<CaseId>(Time{1'001}, entropy);
    CHECK(early < late);
    CHECK(early.bytes[6] >> 4 == 7);
    CHECK(early.bytes[8] >> 6 == 2);
    CHECK(parse_id<CaseId>(format(early)).value() == early);
    for (const auto* text : {"", "018f", "018f0000-0000-7000-8000-00000000000g",
                             "018f00000-000-7000-8000-000000000000"})
        CHECK_FALSE(parse_id<CaseId>(text).has_value());
}

TEST_CASE("a time comes back from its text") {
    for (const std::int64_t ms : {0LL, 951782400000LL, 1795489445123LL, 4102444800000LL})
        CHECK(parse_time(format_time(Time{ms})).value() == Time{ms});
    CHECK(format_time(Time{1'795'485'600'000}) == "2026-11-24T02:00:00Z");
    for (const auto* text : {"", "2026-02-30T00:00:00Z", "2026-11-24 02:00:00Z", "2026-11-24T24:00:00Z",
                             "2026-11-24T02:00:00", "2026-1a-24T02:00:00Z"})
        CHECK_FALSE(parse_time(text).has_value());
}

TEST_CASE("prose may be Arabic with bidi marks and newlines; a label may not hide anything") {
    CHECK(check_prose("سلام\nmerci \u200f", 100).has_value());
    CHECK_FALSE(check_prose("", 100).has_value());
    CHECK_FALSE(check_prose(std::string(101, 'a'), 100).has_value());
    CHECK(check_prose(std::string(100, 'a'), 100).has_value());
    CHECK_FALSE(check_prose(std::string_view("a\0b", 3), 100).has_value());
    CHECK_FALSE(check_prose("\xff", 100).has_value());
    CHECK_FALSE(check_prose("\xed\xa0\x80", 100).has_value());  // a surrogate as CESU
    CHECK(check_label("CMRPI المغرب", 100).has_value());
    CHECK_FALSE(check_label("a\u202eb", 100).has_value());
    CHECK_FALSE(check_label("a\nb", 100).has_value());
    CHECK_FALSE(check_label("e\u0301", 100).has_value());  // not in NFC
    CHECK(to_nfc("e\u0301").value() == "é");
}
