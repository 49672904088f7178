#pragma once

#include "core/api/contacts.h"
#include "core/base/text.h"
#include "core/trust/hash.h"

#include <algorithm>
#include <array>

// Keys of the tables of contacts, and events: what the parts of Contacts share.
namespace sanad::api {

inline Bytes event_key(const ContactId& id, std::uint32_t index) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append_big_endian(key, index);
    return key;
}

inline std::array<std::uint8_t, 16> digest_of(ByteView message_key) {
    const auto digest = trust::sha256(message_key);
    std::array<std::uint8_t, 16> half{};
    std::copy_n(digest.begin(), half.size(), half.begin());
    return half;
}

/// Where a message's key is kept, by its digest.
inline Bytes key_place(const ContactId& id, const std::array<std::uint8_t, 16>& digest) {
    Bytes place(id.bytes.begin(), id.bytes.end());
    append(place, digest);
    return place;
}

inline Bytes number(std::uint64_t value) {
    Bytes bytes;
    append_big_endian(bytes, value);
    return bytes;
}

inline Bytes draft_key(const ContactId& id, const std::string& actor) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append(key, bytes_of(actor));
    return key;
}

/// Waits, or is open: in the table of those that have not ended.
inline bool is_live(casework::ContactState state) {
    return state == casework::ContactState::waiting || state == casework::ContactState::open;
}

inline bool is_message(const casework::ContactEvent& event) {
    return event.kind == casework::ContactEventKind::child_message ||
           event.kind == casework::ContactEventKind::staff_message;
}

inline casework::ContactEvent event_of(casework::ContactEventKind kind, const std::string& actor) {
    casework::ContactEvent event;
    event.kind = kind;
    event.actor = actor;
    return event;
}

}  // namespace sanad::api
