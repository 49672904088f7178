#pragma once

#include "core/base/clock.h"
#include "core/store/feed.h"
#include "core/store/records.h"
#include "core/trust/hash.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sanad::api {

/// With what somebody has shown who they are.
enum class SignedInBy : std::uint8_t { passkey = 1, password = 2 };
std::string_view name(SignedInBy by);

/// Somebody is signed in at a desk.
struct Session {
    std::string name;
    trust::Digest token{};  // SHA-256 of what the browser has
    Time started_at;
    Time seen_at;
    Time confirmed_at;  // when a second factor was last shown
    SignedInBy by = SignedInBy::passkey;
};

/// The sessions of this node, one a person: who signs in again ends the one before. Stored, so that
/// a restart signs nobody out; in memory as well, so that a request costs no read. When somebody
/// was last seen is written once a minute at most.
class Sessions final : public store::Engine::Participant {
public:
    static constexpr std::size_t token_bytes = 32;
    static constexpr Duration idle_max = std::chrono::minutes(15);
    static constexpr Duration life_max = std::chrono::hours(10);
    static constexpr Duration seen_written_each = std::chrono::minutes(1);

    /// All three outlive it. errors  those of the store
    static Result<std::unique_ptr<Sessions>> open(store::Store& store, store::Records& records,
                                                  store::Feed& feed,
                                                  const trust::SymmetricKey& index_key);

    /// The hash of a token; none: it cannot be one.
    static std::optional<trust::Digest> hash_of(ByteView token);

    /// The session that has not ended. threads  any
    std::optional<Session> find(const trust::Digest& token, Time now) const;
    /// Whether a person is signed in. threads  any
    bool has(const std::string& person, Time now) const;
    /// The person has done something: the idle time begins anew. threads  any
    void touch(const trust::Digest& token, Time now);

    /// A new session with `session.token`, in place of any other of the person; tells the feed
    /// `session.changed`, as the others do. threads  engine
    Result<void> begin(store::Draft& draft, const Session& session, Time now);
    /// The same session under another token, with a fresh second factor.
    /// errors  denied: signed_out. threads  engine
    Result<void> confirm(store::Draft& draft, const trust::Digest& token,
                         const trust::Digest& fresh, SignedInBy by, Time now);
    /// Ends the session of a person, if there is one. threads  engine
    Result<void> end(store::Draft& draft, const std::string& person, Time now);

    /// Whether tidy() has something to write. threads  any
    bool is_untidy(Time now) const;
    /// Writes who was seen, and ends what is over. threads  engine
    Result<void> tidy(store::Draft& draft, Time now);

    Result<void> before_commit(store::Transaction&) override { return {}; }
    void committed() override;
    void rolled_back() override { fresh_.clear(); }

    Sessions(store::Records& records, store::Feed& feed, const trust::SymmetricKey& index_key,
             store::SealedTable table)
        : records_(records), feed_(feed), index_key_(index_key), table_(std::move(table)) {}

private:
    struct Live {
        Session session;
        Time seen_written;
    };
    static bool is_over(const Session& session, Time now);
    trust::Digest key_of(const std::string& person) const;
    Result<void> write(store::Draft& draft, const Session& session);
    Result<std::optional<Session>> stored(store::Snapshot& from, const std::string& person);
    void tell(store::Draft& draft, const std::string& person, Time now);

    store::Records& records_;
    store::Feed& feed_;
    const trust::SymmetricKey& index_key_;
    store::SealedTable table_;  // keyed token of the person's name -> SessionRecord
    struct Change {
        std::string person;
        std::optional<Session> session;  // none: it ended
    };
    std::vector<Change> fresh_;  // since the last commit; the engine's own
    mutable std::mutex mutex_;   // guards what follows
    std::map<std::string, Live, std::less<>> live_;
    std::map<trust::Digest, std::string> by_token_;
};

}  // namespace sanad::api
