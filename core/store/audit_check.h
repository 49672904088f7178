#pragma once

#include "core/store/audit.h"

#include <optional>
#include <string>
#include <vector>

namespace sanad::store {

/// A walk through the whole audit log that opens and hashes every entry again, and compares the
/// root with heads that were signed earlier. In pieces, so that no snapshot stays open for long and
/// the log may grow meanwhile. threads  one, any
class AuditCheck {
public:
    static constexpr std::uint32_t piece_entries = 5'000;

    /// A head that somebody else holds, and who: what the log was at that size.
    struct Head {
        std::uint64_t size = 0;
        trust::Digest root{};
        std::string holder;
    };
    struct Bad {
        std::uint64_t index = 0;  // the first bad entry
        std::string what;         // in words, without content
    };

    /// `audit` outlives the check.
    AuditCheck(Audit& audit, std::vector<Head> heads);

    /// Looks at up to `limit` further entries; after the first bad one there is nothing more to do.
    /// returns  whether the walk is over. errors  those of the store
    Result<bool> step(Snapshot& from, std::uint32_t limit = piece_entries);

    const std::optional<Bad>& bad() const { return bad_; }
    std::uint64_t size() const { return log_.size(); }
    trust::Digest root() const { return log_.root(); }
    /// The largest of the heads that the log agrees with; nothing when there is none.
    const Head* newest_agreed() const;

private:
    bool take(ByteView key, ByteView plain, ByteView clear);
    bool is_bad(std::uint64_t index, std::string what);
    void compare();
    Result<bool> finish(Snapshot& from);

    Audit& audit_;
    std::vector<Head> heads_;  // by size
    std::size_t agreed_ = 0;   // so many of them agree
    trust::Frontier log_;
    std::optional<Bad> bad_;
};

}  // namespace sanad::store
