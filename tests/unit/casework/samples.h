#pragma once

#include "core/casework/referral_event.h"
#include "core/casework/taxonomy.h"

namespace sanad::casework::test {

/// Every list in config/taxonomy, as a node loads them. The tests run in the top folder.
const Taxonomies& shipped_taxonomies();

/// A whole text file. Fails the test when it cannot be read.
std::string read_text_file(const std::string& path);

template <typename AnyId>
AnyId sample_id(std::uint8_t number) {
    AnyId id;
    id.bytes.back() = number;
    return id;
}

/// A request with every item filled in; the child in it is invented.
ReferralRequest whole_request();

ReferralMessage sample_message(ReferralEventKind kind);

}  // namespace sanad::casework::test
