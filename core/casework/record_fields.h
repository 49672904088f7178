#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/message.h"
#include "core/base/result.h"
#include "core/casework/urgency.h"
#include "schemas/casework.capnp.h"

#include <string>
#include <vector>

// The fields that several records share, between their schema and ours. For the .cpp files here
// only.
namespace sanad::casework {

inline constexpr std::size_t record_bytes_max = 1 << 20;

/// errors  bad_size: more than `most` entries
Result<std::vector<std::string>> read_texts(capnp::List<capnp::Text>::Reader list,
                                            std::size_t most);
void write_texts(capnp::List<capnp::Text>::Builder list, const std::vector<std::string>& texts);

/// An id that may be absent: no bytes is the empty id. errors  bad_size
template <typename AnyId>
Result<AnyId> read_id(capnp::Data::Reader data) {
    if (data.size() == 0) return AnyId{};
    return id_from<AnyId>(from_data(data));
}

/// The id, or nothing when it is empty.
template <typename AnyId>
capnp::Data::Reader id_data(const AnyId& id) {
    return id.empty() ? capnp::Data::Reader{} : to_data(id);
}

template <typename AnyId>
Result<std::vector<AnyId>> read_ids(capnp::List<capnp::Data>::Reader list, std::size_t most) {
    if (list.size() > most) return fail(Fault::bad_size, "ids");
    std::vector<AnyId> ids;
    for (const auto data : list) {
        const auto id = id_from<AnyId>(from_data(data));
        if (!id) return std::unexpected(id.error());
        ids.push_back(*id);
    }
    return ids;
}

template <typename AnyId>
void write_ids(capnp::List<capnp::Data>::Builder list, const std::vector<AnyId>& ids) {
    for (unsigned i = 0; i < ids.size(); ++i) list.set(i, to_data(ids[i]));
}

/// A schema enum as ours with the same numbers. `last` is the highest that this build knows.
/// errors  unsupported: none, or a number over `last`
template <typename Ours, typename Schema>
Result<Ours> read_enum(Schema value, Ours last) {
    const auto number = static_cast<std::uint16_t>(value);
    if (number == 0 || number > static_cast<std::uint16_t>(last))
        return fail(Fault::unsupported, "enum");
    return static_cast<Ours>(number);
}

/// The same where `none` is allowed to stand.
template <typename Ours, typename Schema>
Result<Ours> read_optional_enum(Schema value, Ours last) {
    if (static_cast<std::uint16_t>(value) == 0) return Ours{};
    return read_enum<Ours>(value, last);
}

template <typename Schema, typename Ours>
Schema to_schema(Ours value) {
    return static_cast<Schema>(static_cast<std::uint16_t>(value));
}

inline unsigned list_size(std::size_t size) { return static_cast<unsigned>(size); }

}  // namespace sanad::casework
