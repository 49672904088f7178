#pragma once

#include "core/base/ids.h"
#include "core/store/engine.h"
#include "core/store/records.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sanad::federation {

/// Why a link stands still, with what each side had signed.
struct LinkFreeze {
    std::string why;  // a code: "fork", "own_log_forked", "by_administrator"
    Time at;
    std::string by;                     // "node", or a member of staff
    std::string reason;                 // of a member of staff
    std::string lane;                   // of the two heads; empty: there are none
    std::string held_head, shown_head;  // signed notes: what we hold, and what contradicts it
    std::string resume_by;              // the first administrator who wants to go on
    Time resume_at;
    std::string resume_reason;
    bool operator==(const LinkFreeze&) const = default;
};

/// The links that stand still, kept over restarts. One administrator may freeze a link; two
/// different ones let it go on.
class LinkFreezes final : public store::Engine::Participant {
public:
    static constexpr Duration resume_open = std::chrono::hours(24);
    static constexpr std::size_t reason_bytes_max = 400;

    /// `records` outlives them. errors  those of the store
    static Result<std::unique_ptr<LinkFreezes>> open(store::Store& store, store::Records& records);

    /// Called after a commit with each peer whose freeze was made, changed or ended.
    /// threads  engine
    using Changed = std::function<void(const NodeId& peer, const std::string& why)>;
    void on_changed(Changed changed) { changed_ = std::move(changed); }

    /// threads  any
    Result<std::optional<LinkFreeze>> find(store::Snapshot& from, const NodeId& peer);

    // ------------------------------------------------------------------ threads  engine

    /// A link that is frozen already keeps its first freeze. returns  whether this one was kept
    Result<bool> freeze(store::Draft& draft, const NodeId& peer, const LinkFreeze& freeze);

    enum class Resumed : std::uint8_t { asked, done };
    /// The first administrator's word is kept for resume_open; another one's within that time ends
    /// the freeze.
    /// errors  not_found: it is not frozen · denied "second_person_missing": the same person again
    Result<Resumed> resume(store::Draft& draft, const NodeId& peer, const std::string& by,
                           const std::string& reason, Time now);

    Result<void> before_commit(store::Transaction&) override { return {}; }
    void committed() override;
    void rolled_back() override { fresh_.clear(); }

    LinkFreezes(store::Records& records, store::SealedTable table)
        : records_(records), table_(std::move(table)) {}

private:
    Result<void> put(store::Draft& draft, const NodeId& peer, const LinkFreeze& freeze);

    store::Records& records_;
    store::SealedTable table_;  // peer -> FreezeRecord
    Changed changed_;
    std::map<NodeId, std::string> fresh_;  // of the transaction under way: peer -> why
};

}  // namespace sanad::federation
