#include "core/store/audit_check.h"

#include <algorithm>

namespace sanad::store {
namespace {

Bytes number_key(std::uint64_t number) {
    Bytes key;
    append_big_endian(key, number);
    return key;
}

std::string entries(std::uint64_t count) { return std::to_string(count) + " entries"; }

}  // namespace

AuditCheck::AuditCheck(Audit& audit, std::vector<Head> heads)
    : audit_(audit), heads_(std::move(heads)) {
    std::ranges::stable_sort(heads_, {}, &Head::size);
    compare();
}

const AuditCheck::Head* AuditCheck::newest_agreed() const {
    return agreed_ == 0 ? nullptr : &heads_[agreed_ - 1];
}

bool AuditCheck::is_bad(std::uint64_t index, std::string what) {
    bad_ = Bad{index, std::move(what)};
    return false;
}

Result<bool> AuditCheck::step(Snapshot& from, std::uint32_t limit) {
    if (bad_) return true;
    std::uint32_t seen = 0;
    const auto scanned =
        audit_.records_.scan(from, audit_.entries_, number_key(log_.size()), {}, Order::ascending,
                             limit, [&](ByteView key, const Bytes& plain, ByteView clear) {
                                 ++seen;
                                 return take(key, plain, clear);
                             });
    if (!scanned && (scanned.error().fault == Fault::io || scanned.error().fault == Fault::busy))
        return std::unexpected(scanned.error());
    if (!scanned) is_bad(log_.size(), "does not open: it was changed, or comes from elsewhere");
    if (bad_) return true;
    return seen < limit ? finish(from) : false;
}

bool AuditCheck::take(ByteView key, ByteView plain, ByteView clear) {
    const auto number = log_.size();
    if (!std::ranges::equal(key, number_key(number))) return is_bad(number, "is missing");
    const auto leaf = trust::leaf_hash(plain);
    if (!std::ranges::equal(leaf, clear))
        return is_bad(number, "is not what its stored hash says: it was rewritten");
    log_.append(leaf);
    compare();
    return !bad_;
}

// The heads of this size. Between two heads nothing tells which entry it was.
void AuditCheck::compare() {
    for (; agreed_ < heads_.size() && heads_[agreed_].size <= log_.size(); ++agreed_) {
        const Head& head = heads_[agreed_];
        if (head.size == log_.size() && head.root == log_.root()) continue;
        const std::uint64_t since = agreed_ == 0 ? 0 : heads_[agreed_ - 1].size;
        is_bad(since, "or one behind it was rewritten: " + head.holder + " holds a head over " +
                          entries(head.size) + " with another root, and agrees up to " +
                          entries(since));
        return;
    }
}

Result<bool> AuditCheck::finish(Snapshot& from) {
    const auto stored = audit_.records_.get(from, audit_.end_, bytes_of(Audit::end_key));
    if (!stored) return std::unexpected(stored.error());
    trust::Frontier end;
    if (*stored) {
        auto decoded = trust::Frontier::decode(**stored);
        if (!decoded) return std::unexpected(decoded.error());
        end = std::move(*decoded);
    }
    const auto size = log_.size();
    if (end.size() > size)
        is_bad(size, "is missing: the log ends here, its end says " + entries(end.size()));
    else if (end.size() < size)
        is_bad(end.size(), "is behind the end of the log");
    else if (end != log_)
        is_bad(agreed_ == 0 ? 0 : heads_[agreed_ - 1].size,
               "or one behind it was rewritten: the log's end has another root");
    else if (agreed_ < heads_.size())
        is_bad(size, "is missing, a tail was cut off: " + heads_.back().holder +
                         " holds a head over " + entries(heads_.back().size));
    return true;
}

}  // namespace sanad::store
