#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"

#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace sanad {

/// A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits, so that keys made
/// of it grow with time. `Tag` keeps one kind of id from being passed for another.
template <typename Tag>
struct Id {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Id&) const = default;
    bool empty() const { return *this == Id{}; }
    operator ByteView() const {
        return bytes;
    }  // NOLINT(google-explicit-constructor): an id is its bytes
};

/// A node of the federation: country, dot, label, such as `ma.cmrpi`; 4..31 bytes of [a-z0-9.-].
struct NodeId {
    std::string text;
    auto operator<=>(const NodeId&) const = default;
};

using ContactId = Id<struct ContactTag>;
using CaseId = Id<struct CaseTag>;
using ConsentId = Id<struct ConsentTag>;
using ReferralId = Id<struct ReferralTag>;
using EscalationId = Id<struct EscalationTag>;
using EntryId = Id<struct EntryTag>;
using AttachmentId = Id<struct AttachmentTag>;
using KeyId =
    Id<struct KeyTag>;  // the id of the thing a key belongs to: a case, a referral, the node

std::array<std::uint8_t, 16> make_uuid7(Time now, Entropy& entropy);
std::string format_uuid(const std::array<std::uint8_t, 16>& bytes);
/// errors  malformed: anything but 8-4-4-4-12 hexadecimal digits
Result<std::array<std::uint8_t, 16>> parse_uuid(std::string_view text);

template <typename AnyId>
AnyId make_id(Time now, Entropy& entropy) {
    return AnyId{make_uuid7(now, entropy)};
}

template <typename Tag>
std::string format(const Id<Tag>& id) {
    return format_uuid(id.bytes);
}

template <typename AnyId>
Result<AnyId> parse_id(std::string_view text) {
    const auto bytes = parse_uuid(text);
    if (!bytes) return std::unexpected(bytes.error());
    return AnyId{*bytes};
}

/// The id in 16 raw bytes. errors  bad_size
template <typename AnyId>
Result<AnyId> id_from(ByteView raw) {
    AnyId id;
    if (raw.size() != id.bytes.size()) return fail(Fault::bad_size, "id");
    std::copy(raw.begin(), raw.end(), id.bytes.begin());
    return id;
}

}  // namespace sanad
