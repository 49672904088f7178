#include "core/casework/disclosure.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::casework {
namespace {

using test::shipped_taxonomies;

Bytes bytes_that_leave(const ReferralRequest& request) {
    auto message = test::sample_message(ReferralEventKind::request);
    message.request = request;
    return write_message(message);
}

bool holds(const Bytes& bytes, std::string_view text) {
    return std::ranges::search(bytes, bytes_of(text)).begin() != bytes.end();
}

std::vector<DisclosedField> fields_of(const ReferralRequest& request, Item item) {
    auto fields = disclosed_fields(request);
    std::erase_if(fields, [&](const DisclosedField& field) { return field.item != item; });
    return fields;
}

}  // namespace

TEST_CASE("what is not ticked is nowhere in the bytes that leave") {
    const auto whole = test::whole_request();
    for (std::size_t i = 0; i < request_item_count; ++i) {
        const auto left_out = static_cast<Item>(i);
        INFO(name(left_out));
        auto ticked = items_in(whole);
        REQUIRE(ticked.erase(left_out) == 1);
        auto cut = slice(whole, ticked);
        const auto bytes = bytes_that_leave(cut);
        for (const auto& field : fields_of(whole, left_out))
            for (const auto& value : field.values) {
                // An answer crosses as a number, and a short word may stand elsewhere by chance.
                if (value.size() < 5 || left_out == Item::caregiver ||
                    left_out == Item::unaccompanied)
                    continue;
                const bool elsewhere =
                    std::ranges::any_of(disclosed_fields(cut), [&](const DisclosedField& other) {
                        return std::ranges::any_of(other.values, [&](const std::string& text) {
                            return text.find(value) != std::string::npos;
                        });
                    });
                if (elsewhere) continue;
                INFO(field.name << " " << value);
                CHECK(holds(bytes_that_leave(whole), value));
                CHECK_FALSE(holds(bytes, value));
            }
        CHECK(check_only_ticked(bytes, ticked, shipped_taxonomies()));
        const auto refused =
            check_only_ticked(bytes_that_leave(whole), ticked, shipped_taxonomies());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().detail == name(left_out));
    }
}

TEST_CASE("a preview names every item of a request and nothing that is not there") {
    const auto whole = test::whole_request();
    for (std::size_t i = 0; i < request_item_count; ++i) {
        INFO(name(Item(i)));
        CHECK_FALSE(fields_of(whole, Item(i)).empty());
        auto ticked = items_in(whole);
        ticked.erase(Item(i));
        CHECK(fields_of(slice(whole, ticked), Item(i)).empty());
    }
    const auto always = disclosed_fields(slice(whole, {}));
    for (const auto* wanted : {"case_code", "kind", "urgency", "consent_by", "consent_text_hash",
                               "consent_recipients", "transfer_basis"}) {
        INFO(wanted);
        CHECK(std::ranges::count(always, wanted, &DisclosedField::name) == 1);
    }
}

TEST_CASE("a preview speaks the receiver's language where the lists do") {
    ReferralRequest request;
    request.age_band = "10-12";
    request.services_requested = {"psychosocial"};
    const auto fields = disclosed_fields(request);
    const auto field = std::ranges::find(fields, "services_requested", &DisclosedField::name);
    REQUIRE(field != fields.end());
    CHECK(label_of(*field, shipped_taxonomies(), "fr") == "Aide demandée");
    CHECK(label_of(*field, shipped_taxonomies(), "ar") == "المساعدة المطلوبة");
    CHECK(shown_values(*field, shipped_taxonomies(), "fr") !=
          shown_values(*field, shipped_taxonomies(), "ar"));
    CHECK(shown_values({"narrative", {"كما هي"}, Item::narrative, ""}, shipped_taxonomies(),
                       "fr") == "كما هي");
}

}  // namespace sanad::casework
