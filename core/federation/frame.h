#pragma once

#include "core/federation/link.h"
#include "core/federation/link_logs.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The frames of a link, as values: schemas/wire.capnp says what each field means.
namespace sanad::federation {

inline constexpr std::uint32_t push_entries_max = 256;
inline constexpr std::size_t push_bytes_max =
    512 * 1024;  // of entries; one larger entry goes alone

struct Hello {
    std::uint64_t directory_version = 0;
    std::array<std::uint64_t, 2> received{};  // by lane: how many of the reader's entries we hold
    std::array<std::string, 2> heads{};       // by lane: the reader's own signed head over them
    bool wants_reply = false;
};

struct Push {
    Lane lane = Lane::normal;
    std::uint64_t first = 0;
    std::vector<Bytes> entries;  // one that was erased is empty, and its leaf hash stands below
    std::string head;
    std::map<std::size_t, trust::Digest> erased{};  // by place in `entries`
};

/// The leaf hash of one of its entries.
trust::Digest leaf_of(const Push& push, std::size_t place);

struct Ack {
    Lane lane = Lane::normal;
    std::string head;
};

/// What a payload beside the logs is about. A topic from a newer node keeps its number.
enum class Topic : std::uint16_t { attachment = 1, directory = 2, recovery = 3 };

inline constexpr std::size_t beside_bytes_max = 1'000'000;

struct Beside {
    Topic topic{};
    Bytes payload;  // not checked
};

using Frame = std::variant<Hello, Push, Ack, Beside>;

Bytes write_frame(const Hello& hello);
/// The entries are those of our log, in order; an erased one has no bytes. errors  bad_size: over
/// frame_bytes_max
Result<Bytes> write_push(Lane lane, const std::vector<LoggedEntry>& entries,
                         const std::string& head);
Bytes write_frame(const Ack& ack);
/// errors  bad_size: over beside_bytes_max
Result<Bytes> write_beside(Topic topic, ByteView payload);

/// errors  bad_size, malformed; unsupported: another version, lane or kind of frame
Result<Frame> parse_frame(ByteView bytes);

}  // namespace sanad::federation
