#pragma once

#include "core/api/access.h"
#include "core/base/clock.h"
#include "core/store/feed.h"
#include "core/store/records.h"
#include "core/trust/hash.h"
#include "core/trust/passkey.h"
#include "core/trust/password.h"
#include "core/trust/totp.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sanad::api {

struct KeptPasskey {
    trust::Passkey passkey;
    std::string label;  // what its owner calls it
    Time added_at;
    Time used_at;
};

/// A password, and the secret of the app that shows the codes that go with it.
struct KeptPassword {
    trust::PasswordHash hash;
    trust::TotpSecret totp;
    std::uint64_t totp_step = 0;  // of the last code that was accepted
};

/// Somebody who may sign in, with what they sign in with.
struct Account {
    std::string name, display_name;
    std::set<Role> roles;
    std::vector<std::string> languages;
    bool active = true;
    bool fixed = false;  // of [[staff]] in node.toml: the roles are changed there
    Bytes user_handle;   // what a passkey knows of its owner: random
    std::vector<KeptPasskey> passkeys;
    std::optional<KeptPassword> password;
    std::optional<trust::Digest> invitation;  // SHA-256 of the one-time code
    Time invited_until;
    std::string recovery_by;  // an administrator who asked for a new key; a second one has to
    Time recovery_at;
    Time last_sign_in;
    Time created_at;

    /// They can sign in already: a new code lets somebody else in as well.
    bool has_key() const { return !passkeys.empty() || password.has_value(); }
    bool is_invited(Time now) const { return active && invitation && now < invited_until; }
};

/// The accounts of this node: the staff of node.toml, and who was invited besides. Each is one
/// record, sealed under the node's key; what a request needs of them is in memory as well.
class Accounts final : public store::Engine::Participant {
public:
    static constexpr std::size_t accounts_max = 1000;
    static constexpr std::size_t passkeys_max = 16;
    static constexpr std::size_t name_bytes_max = 64;
    static constexpr std::size_t display_name_bytes_max = 120;
    static constexpr std::size_t label_bytes_max = 64;
    static constexpr std::size_t languages_max = 8;
    static constexpr Duration invitation_life = std::chrono::minutes(15);
    static constexpr Duration recovery_life = std::chrono::hours(24);  // for the second one

    /// All three outlive it. errors  those of the store
    static Result<std::unique_ptr<Accounts>> open(store::Store& store, store::Records& records,
                                                  store::Feed& feed,
                                                  const trust::SymmetricKey& index_key);

    /// The staff of node.toml. Before the first request.
    void fix(const Staff& staff);

    /// Who may act under this name now; none: nobody, somebody disabled or without any role.
    /// threads  any
    std::optional<Actor> actor(const std::string& name) const;
    /// Whose passkey it is. threads  any
    std::optional<std::string> owner_of(ByteView passkey_id) const;
    std::size_t size() const;

    /// errors  not_found. threads  any
    Result<Account> find(store::Snapshot& from, const std::string& name);
    /// The names of those who supervise and are active. threads  any
    Result<std::vector<std::string>> supervisors(store::Snapshot& from);
    /// By name. threads  any
    Result<std::vector<Account>> list(store::Snapshot& from);

    /// What the feed hears of a change: nothing where somebody only signed in.
    enum class Tell : bool { nothing, changed };
    /// Writes it, new or changed, and tells the feed `account.changed`. threads  engine
    Result<void> save(store::Draft& draft, const Account& account, Time now,
                      Tell tell = Tell::changed);

    Result<void> before_commit(store::Transaction&) override { return {}; }
    void committed() override;
    void rolled_back() override { fresh_.clear(); }

    Accounts(store::Records& records, store::Feed& feed, const trust::SymmetricKey& index_key,
             store::SealedTable table)
        : records_(records), feed_(feed), index_key_(index_key), table_(std::move(table)) {}

private:
    /// What a request needs of an account.
    struct Known {
        std::set<Role> roles;
        bool active = true;
        std::vector<Bytes> passkeys;
    };
    static Known known_of(const Account& account);
    Result<void> read_all(store::Store& store);
    trust::Digest key_of(const std::string& name) const;
    std::optional<std::set<Role>> fixed_roles(const std::string& name) const;

    store::Records& records_;
    store::Feed& feed_;
    const trust::SymmetricKey& index_key_;
    store::SealedTable table_;  // keyed token of the name -> AccountRecord
    Staff fixed_;
    std::vector<std::pair<std::string, Known>> fresh_;  // since the last commit; the engine's own
    mutable std::mutex mutex_;                          // guards known_
    std::map<std::string, Known, std::less<>> known_;   // those with a record
};

}  // namespace sanad::api
