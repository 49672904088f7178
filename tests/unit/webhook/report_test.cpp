#include "plugins/partners/webhook/report.h"
#include "plugins/partners/webhook/event.h"
#include "plugins/partners/webhook/json.h"

#include <catch2/catch.hpp>

using namespace sanad::webhook;
using sanad::plugin::schema::PartnerStatus;

namespace {

const std::string reference(16, '\x07');
const std::string letters = format_reference(reference);

std::string json_of(std::string_view rest) {
    return "{\"reference\":\"" + letters + "\"," + std::string(rest) + "}";
}

Event event_with(std::string_view view) {
    Event event;
    event.reference = reference;
    event.urgency = 1;
    event.created_at_ms = 1'795'485'600'250;
    event.view = view;
    event.public_base = "https://partners.example.org/hooks";
    event.takes_callbacks = true;
    return event;
}

}  // namespace

TEST_CASE("a report is three strings, the note of which may be absent") {
    const auto report = parse_report(json_of(R"("status":"in_progress","note":"شكرا\nmerci")"));
    REQUIRE(report);
    CHECK(report->reference == reference);
    CHECK(report->status == PartnerStatus::IN_PROGRESS);
    CHECK(report->note == "شكرا\nmerci");
    CHECK(parse_report(" " + json_of(R"("status":"declined")") + "\n")->note.empty());
}

TEST_CASE("a report that is anything else is refused with the reason") {
    const auto fault = [](std::string_view rest) { return parse_report(json_of(rest)).error(); };
    CHECK(fault(R"("status":"done")") == ReportFault::status_unknown);
    CHECK(fault(R"("status":"ACKNOWLEDGED")") == ReportFault::status_unknown);
    CHECK(fault(R"("note":"x")") == ReportFault::field_missing);
    CHECK(fault(R"("status":"completed","extra":"x")") == ReportFault::field_unknown);
    CHECK(fault(R"("status":"completed","__proto__":"x")") == ReportFault::field_unknown);
    CHECK(fault(R"("status":"completed","status":"declined")") == ReportFault::field_twice);
    CHECK(fault(R"("status":"completed","note":"a\u0000b")") == ReportFault::note_malformed);
    CHECK(fault(R"("status":"completed","note":"a\u001bb")") == ReportFault::note_malformed);
    CHECK(parse_report(R"({"reference":"AAAA","status":"completed"})").error() ==
          ReportFault::reference_malformed);
}

TEST_CASE("what is not JSON, or not flat, or not alone is no report") {
    const std::string good = json_of(R"("status":"completed")");
    const std::string deep = std::string(10'000, '[');
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("\"a\""), std::string("null"), good + "x",
          good + good, "\xef\xbb\xbf" + good, good.substr(0, good.size() - 1), deep,
          json_of(R"("status":1e999)"), json_of(R"("status":["completed"])"),
          json_of(R"("status":{"a":"b"})"), json_of(R"("status":null)"),
          json_of(R"("status":true)"), json_of("\"status\":\"completed\",\"note\":\"\xff\""),
          json_of(R"("status":"completed",)"), json_of(R"("note":"\ud800","status":"completed")"),
          json_of(R"('status':'completed')"), "/*a*/" + good})
        CHECK(parse_report(text).error() == ReportFault::json_malformed);
}

TEST_CASE("a note has at most 2,000 bytes") {
    const auto with = [](std::size_t bytes) {
        return parse_report(
            json_of("\"status\":\"completed\",\"note\":\"" + std::string(bytes, 'n') + "\""));
    };
    CHECK(with(note_bytes_max)->note.size() == note_bytes_max);
    CHECK(with(note_bytes_max + 1).error() == ReportFault::field_too_long);
}

TEST_CASE("a reference in a link is 22 letters for 16 bytes, and only one text for each") {
    CHECK(letters.size() == 22);
    CHECK(parse_reference(letters) == reference);
    for (const std::string& text : {letters + "A", letters.substr(1), letters + "==",
                                    letters.substr(0, 21) + "x", std::string(22, '.')})
        CHECK_FALSE(parse_reference(text));
}

TEST_CASE("an event carries the disclosed view byte for byte") {
    const std::string view =
        R"({ "narrative":"تهديد \"بنشر\" صور", "age_band":"13-15","x":[1.50] })";
    const auto body = format_event(event_with(view));
    REQUIRE(body);
    CHECK(*body ==
          "{\"type\":\"escalation.raised\",\"timestamp\":\"2026-11-24T02:00:00.250Z\","
          "\"data\":{\"reference\":\"" +
              letters + "\",\"urgency\":\"U1\",\"view\":" + view +
              ",\"callback\":\"https://partners.example.org/hooks/callback\","
              "\"pickup\":\"https://partners.example.org/hooks/pickup/" +
              letters + "\"}}");
}

TEST_CASE("a withdrawal says which matter and shows nothing of it") {
    Event event = event_with(R"({"narrative":"secret"})");
    event.kind = EventKind::withdrawn;
    const auto body = format_event(event);
    REQUIRE(body);
    CHECK(body->find("escalation.withdrawn") != std::string::npos);
    CHECK(body->find("secret") == std::string::npos);
    CHECK(body->find("pickup") == std::string::npos);
}

TEST_CASE("a drill is marked in its type") {
    Event event = event_with("{}");
    event.kind = EventKind::drill;
    CHECK(format_event(event)->starts_with(R"({"type":"escalation.drill")"));
}

TEST_CASE("without a key of the partner no callback is offered") {
    Event event = event_with("{}");
    event.takes_callbacks = false;
    CHECK(format_event(event)->find("callback") == std::string::npos);
    CHECK(format_event(event)->find("pickup") != std::string::npos);
}

TEST_CASE("a view that is no JSON object is not sent") {
    for (const char* view : {"", "[]", "\"text\"", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "{\"a\":"})
        CHECK(format_event(event_with(view)).error() == EventFault::view_malformed);
    Event strange = event_with("{}");
    strange.urgency = 5;
    CHECK(format_event(strange).error() == EventFault::urgency_unknown);
    strange = event_with("{}");
    strange.reference = "short";
    CHECK(format_event(strange).error() == EventFault::reference_malformed);
}

TEST_CASE("a view has at most 64 KiB, eight levels and 200 rows") {
    const auto filler = [](std::size_t bytes) {
        return "{\"a\":\"" + std::string(bytes - 8, 'a') + "\"}";
    };
    CHECK(parse_view(filler(view_bytes_max)));
    CHECK(parse_view(filler(view_bytes_max + 1)).error() == JsonFault::too_large);
    const auto nested = [](std::size_t levels) {
        std::string text;
        for (std::size_t level = 1; level < levels; ++level) text += "{\"a\":";
        text += "{}";
        return text + std::string(levels - 1, '}');
    };
    CHECK(parse_view(nested(view_depth_max)));
    CHECK(parse_view(nested(view_depth_max + 1)).error() == JsonFault::too_large);
    const auto wide = [](std::size_t rows) {
        std::string text = "{\"k0\":1";
        for (std::size_t row = 1; row < rows; ++row) text += ",\"k" + std::to_string(row) + "\":1";
        return text + "}";
    };
    CHECK(parse_view(wide(view_rows_max))->size() == view_rows_max);
    CHECK(parse_view(wide(view_rows_max + 1)).error() == JsonFault::too_large);
}

TEST_CASE("a view becomes rows in its own order") {
    const auto rows = parse_view(
        R"({"narrative":"n","languages":["ar","fr"],"safe_contact":{"channel":"chat","times":null},
            "ok":true,"empty":"","n":1.50})");
    REQUIRE(rows);
    REQUIRE(rows->size() == 5);
    CHECK((*rows)[0].path == std::vector<std::string>{"narrative"});
    CHECK((*rows)[1].values == std::vector<std::string>{"ar", "fr"});
    CHECK((*rows)[2].path == std::vector<std::string>{"safe_contact", "channel"});
    CHECK((*rows)[3].values == std::vector<std::string>{"true"});
    CHECK((*rows)[4].values == std::vector<std::string>{"1.50"});
}

TEST_CASE("UTF-8 is what RFC 3629 says") {
    for (const char* text :
         {"", "a", "é", "سند", "ⵜ", "\U0001F49A", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(text));
    for (const char* text :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xd8", "a\xe2\x82"})
        CHECK_FALSE(is_utf8(text));
}
