#pragma once

#include "core/federation/directory_state.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/feed.h"
#include "core/store/records.h"
#include "core/store/timers.h"

#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace sanad::federation {

inline constexpr std::uint16_t directory_timer = 3;  // store::Timer::kind: something ends by itself
/// A directory that is followed or kept as evidence has at most so many bytes: it crosses a link in
/// one frame, and two of them are one record.
inline constexpr std::size_t directory_note_bytes_max = 480 * 1024;
inline constexpr std::uint32_t directory_alarms_max = 100;
/// Notices in force: each steward once about each node would be more, but nobody needs it.
inline constexpr std::size_t revocations_max = 1'024;

/// The book of directories: every one that was followed, as it was signed, what revokes nodes until
/// the stewards meet, what was found to contradict it, and how late it is at least. Everything is
/// on disk before anything follows it; in memory it changes with the commit, and `Peers` with it.
class DirectoryBook final : public store::Engine::Participant {
public:
    /// All of it outlives the book.
    struct Parts {
        store::Records& records;
        store::Timers& timers;
        store::Audit& audit;
        store::Feed& feed;
        Peers& peers;
        const Clock& clock;
        Duration grace = directory_grace_default;
    };

    /// Reads what was followed, and puts it in force. errors  those of the store; malformed
    static Result<std::unique_ptr<DirectoryBook>> open(store::Store& store, Parts parts);

    /// Called after a commit that changed what is known, with the state before it. threads  engine
    using Changed = std::function<void(const DirectoryState& before)>;
    void on_changed(Changed changed) { changed_ = std::move(changed); }

    /// Called within the command that takes the right to speak from a node that had it, so that
    /// what waits for that node goes back to people. threads  engine
    using Revoked = std::function<Result<void>(store::Draft& draft, const NodeId& node, Time now)>;
    void on_revoked(Revoked revoked) { revoked_ = std::move(revoked); }

    // ------------------------------------------------------------------ threads  engine

    enum class Outcome : std::uint8_t {
        followed,  // it is in force with the commit
        same,      // it is in force already
        fork,      // it contradicts the one in force: both are kept, and the alarm is raised
    };

    /// Follows the directory in `note`: the first one by the stewards that the administrator
    /// trusts, each other one as successor of the one in force.
    ///
    /// from    who brings it, for audit and alarm: a member of staff, "node", a peer
    /// errors  bad_size: beyond directory_note_bytes_max · those of verify_directory() and
    ///         verify_successor(), except for what Outcome says
    Result<Outcome> follow(store::Draft& draft, std::string_view note,
                           std::span<const trust::Verifier> trusted, std::uint32_t threshold,
                           const std::string& from, Time now);
    /// The same when there is one in force already.
    Result<Outcome> follow_next(store::Draft& draft, std::string_view note, const std::string& from,
                                Time now);

    /// Follows a later directory of the same federation by the stewards whom the administrator
    /// trusts now, however many came between: only the administrator can vouch for that.
    /// errors  denied: directory_older · invalid: another federation · those of verify_directory()
    Result<Outcome> follow_by_trust(store::Draft& draft, std::string_view note,
                                    std::span<const trust::Verifier> trusted,
                                    std::uint32_t threshold, const std::string& from, Time now);

    /// Lets the notice act. returns  followed, or same: it was known, or adds nothing
    /// errors  those of verify_revocation() · exhausted: revocations_max
    Result<Outcome> revoke(store::Draft& draft, std::string_view note, const std::string& from,
                           Time now);

    /// Asks that new referrals leave although the directory expired long ago; somebody else agrees.
    /// errors  denied: not_expired, there is nothing to override · invalid: hours, reason
    Result<void> ask_override(store::Draft& draft, const std::string& who, std::string_view reason,
                              std::uint32_t hours, Time now);
    /// returns  until when it holds. errors  not_found: nobody asked · denied: same_person
    Result<Time> agree_override(store::Draft& draft, const std::string& who, Time now);
    /// Ends it, or takes back what was asked. errors  not_found
    Result<void> end_override(store::Draft& draft, Time now);

    /// Something ended by itself. errors  those of the store
    Result<void> on_timer(store::Draft& draft, Time now);
    /// Tells, once for each change, that the directory expired or that the clock is wrong; call now
    /// and then. returns  whether a command is needed: then call tell_condition() in it
    bool has_news(Time now) const;
    void tell_condition(store::Draft& draft, Time now);

    Result<void> before_commit(store::Transaction&) override { return {}; }
    void committed() override;
    void rolled_back() override { pending_.reset(); }

    // ------------------------------------------------------------------ threads  any

    /// What is on disk. Shared because a reader keeps what it started with.
    std::shared_ptr<const DirectoryState> current() const;
    Duration grace() const { return parts_.grace; }

    /// The notes that were followed with a version of `first` or later, oldest first.
    Result<std::vector<std::string>> chain(store::Snapshot& from, std::uint64_t first,
                                           std::uint32_t limit) const;
    /// The newest notes first, for what was signed under an earlier one.
    Result<std::vector<std::string>> newest(store::Snapshot& from, std::uint32_t limit) const;

    struct Alarm {
        Time at;
        std::uint64_t version = 0;
        std::string from;
        std::string held, other;  // notes
    };
    /// Oldest first, at most directory_alarms_max.
    Result<std::vector<Alarm>> alarms(store::Snapshot& from) const;

    DirectoryBook(Parts parts, std::array<store::SealedTable, 4> tables, store::Table meta);

private:
    static Bytes notice_key(const Revocation& notice);
    const DirectoryState& latest() const;
    Result<void> load(store::Store& store);
    Result<void> keep(store::Draft& draft, DirectoryState state, Time now);
    Result<void> put_in_force(store::Draft& draft, SignedDirectory next, const std::string& from,
                              Time now);
    Result<Outcome> raise_alarm(store::Draft& draft, std::string_view note, const std::string& from,
                                Time now);
    void tell(store::Draft& draft, Time now, const char* name, const std::string& peer,
              std::uint64_t number = 0);
    void publish(DirectoryState state);

    Parts parts_;
    store::SealedTable chain_;    // version, big-endian -> note
    store::SealedTable notices_;  // node, zero byte, signer's key -> note
    store::SealedTable alarms_;   // version, first bytes of the text's hash -> DirectoryAlarmRecord
    store::SealedTable state_;    // "state" -> DirectoryRecord
    store::Table meta_;           // `directory_version`, in the clear
    Changed changed_;
    Revoked revoked_;
    std::optional<DirectoryState> pending_;  // with the next commit

    struct Condition {
        Validity validity = Validity::valid;
        bool clock_wrong = false;
        bool operator==(const Condition&) const = default;
    };
    Condition condition(Time now) const;
    Condition told_;

    mutable std::mutex mutex_;  // guards current_
    std::shared_ptr<const DirectoryState> current_ = std::make_shared<const DirectoryState>();
};

}  // namespace sanad::federation
