#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the system's loader would make of a library, read from its bytes. Nothing of it is run, and
// any bytes may be given.
namespace sanad::plugin_check {

inline constexpr std::size_t symbols_max = 100'000;
inline constexpr std::size_t relocations_max = 1'000'000;

struct Symbol {
    std::string name;
    std::uint64_t address = 0;
    bool defined = false;
    bool unique = false;  // STB_GNU_UNIQUE: the loader keeps one for the whole process, for ever
    bool open = false;    // others may bind to it
    bool used = false;    // something refers to it: some linkers list what they have left out, too
};

struct Segment {
    std::uint32_t type = 0, flags = 0;
    std::uint64_t offset = 0, address = 0, file_size = 0;
};

class ElfImage {
public:
    /// errors  malformed: no 64-bit library for this processor, or what the loader needs is damaged
    static Result<ElfImage> read(ByteView library);

    const std::vector<Symbol>& symbols() const { return symbols_; }
    const std::vector<Segment>& segments() const { return segments_; }
    const std::vector<std::string>& needed() const { return needed_; }
    /// DT_RPATH and DT_RUNPATH: where it wants its own libraries to be looked for.
    const std::vector<std::string>& search_paths() const { return search_paths_; }
    bool binds_at_load() const { return binds_at_load_; }
    bool has_text_relocations() const { return text_relocations_; }

    /// `size` bytes as they are at `address` once the library is loaded at 0.
    std::optional<ByteView> at(std::uint64_t address, std::uint64_t size) const;
    /// The pointer at `address`, with what the loader adds to it.
    std::optional<std::uint64_t> pointer_at(std::uint64_t address) const;
    /// The zero-terminated text at `address`, at most 256 bytes.
    std::optional<std::string> text_at(std::uint64_t address) const;

private:
    explicit ElfImage(ByteView library) : library_(library) {}

    Result<void> read_segments();
    Result<void> read_dynamic();
    Result<void> read_symbols();
    Result<void> read_relocations();
    Result<void> read_relocations(std::uint64_t table, std::uint64_t bytes);
    std::uint64_t value(std::int64_t tag) const;  // 0: absent
    std::optional<std::string> name_at(std::uint64_t offset) const;
    std::optional<std::size_t> count_of_symbols() const;
    std::optional<std::size_t> count_by_gnu_hash(std::uint64_t table) const;

    ByteView library_;  // outlives us
    std::vector<Segment> segments_;
    std::vector<std::pair<std::int64_t, std::uint64_t>> dynamic_;
    std::vector<Symbol> symbols_;
    std::vector<std::string> needed_, search_paths_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> relative_;  // address -> what stands there
    bool binds_at_load_ = false;
    bool text_relocations_ = false;
};

}  // namespace sanad::plugin_check
