#include "core/api/accounts.h"

#include "core/api/account_record.h"

#include <algorithm>

namespace sanad::api {

Result<std::unique_ptr<Accounts>> Accounts::open(store::Store& store, store::Records& records,
                                                 store::Feed& feed,
                                                 const trust::SymmetricKey& index_key) {
    auto table = store::Records::open_table(store, "account");
    if (!table) return std::unexpected(table.error());
    auto accounts = std::make_unique<Accounts>(records, feed, index_key, std::move(*table));
    if (const auto read = accounts->read_all(store); !read) return std::unexpected(read.error());
    return accounts;
}

Result<void> Accounts::read_all(store::Store& store) {
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto all = list(**snapshot);
    if (!all) return std::unexpected(all.error());
    const std::lock_guard lock(mutex_);
    for (const Account& account : *all) known_[account.name] = known_of(account);
    return {};
}

void Accounts::fix(const Staff& staff) { fixed_ = staff; }

std::optional<std::set<Role>> Accounts::fixed_roles(const std::string& name) const {
    const auto found = fixed_.find(name);
    return found == fixed_.end() ? std::nullopt : std::optional(found->second);
}

// The roles of node.toml are never taken from a record: what stands in the file now counts.
Accounts::Known Accounts::known_of(const Account& account) {
    Known known{account.fixed ? std::set<Role>{} : account.roles, account.active, {}};
    for (const auto& kept : account.passkeys) known.passkeys.push_back(kept.passkey.id);
    return known;
}

std::optional<Actor> Accounts::actor(const std::string& name) const {
    const auto fixed = fixed_roles(name);
    Actor actor{name, fixed.value_or(std::set<Role>{})};
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(name); found != known_.end()) {
        if (!found->second.active) return std::nullopt;
        if (!fixed) actor.roles = found->second.roles;
    }
    if (actor.roles.empty()) return std::nullopt;
    return actor;
}

std::optional<std::string> Accounts::owner_of(ByteView passkey_id) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, known] : known_)
        for (const auto& id : known.passkeys)
            if (std::ranges::equal(id, passkey_id)) return name;
    return std::nullopt;
}

std::size_t Accounts::size() const {
    const std::lock_guard lock(mutex_);
    return known_.size();
}

// A store must not learn who works here.
trust::Digest Accounts::key_of(const std::string& name) const {
    return trust::keyed_token(index_key_, bytes_of("account:" + name));
}

Result<Account> Accounts::find(store::Snapshot& from, const std::string& name) {
    const auto fixed = fixed_roles(name);
    const auto bytes = records_.get(from, table_, key_of(name));
    if (!bytes) return std::unexpected(bytes.error());
    Account account;
    if (*bytes) {
        auto decoded = decode_account(**bytes);
        if (!decoded) return std::unexpected(decoded.error());
        account = std::move(*decoded);
    } else if (fixed) {
        account.name = account.display_name = name;
    } else {
        return fail(Fault::not_found, "account");
    }
    account.fixed = fixed.has_value();
    if (fixed) account.roles = *fixed;
    return account;
}

Result<std::vector<Account>> Accounts::list(store::Snapshot& from) {
    std::map<std::string, Account, std::less<>> all;
    Result<void> decoded;
    const auto scanned =
        records_.scan(from, table_, {}, {}, store::Order::ascending, accounts_max,
                      [&](ByteView, const Bytes& plain, ByteView) {
                          auto account = decode_account(plain);
                          if (account)
                              all.insert_or_assign(account->name, std::move(*account));
                          else
                              decoded = std::unexpected(account.error());
                          return decoded.has_value();
                      });
    if (!scanned) return std::unexpected(scanned.error());
    if (!decoded) return std::unexpected(decoded.error());
    for (const auto& [name, roles] : fixed_) {
        Account& account = all[name];
        if (account.name.empty()) account.name = account.display_name = name;
        account.roles = roles;
        account.fixed = true;
    }
    std::vector<Account> list;
    for (auto& [name, account] : all) list.push_back(std::move(account));
    return list;
}

Result<std::vector<std::string>> Accounts::supervisors(store::Snapshot& from) {
    const auto accounts = list(from);
    if (!accounts) return std::unexpected(accounts.error());
    std::vector<std::string> names;
    for (const Account& account : *accounts)
        if (account.active && account.roles.contains(Role::supervisor))
            names.push_back(account.name);
    return names;
}

Result<void> Accounts::save(store::Draft& draft, const Account& account, Time now, Tell tell) {
    if (tell == Tell::changed)
        feed_.emit(draft, {.at = now, .name = "account.changed", .who = account.name});
    draft.then([this, name = account.name, known = known_of(account)](store::Transaction&) {
        fresh_.emplace_back(name, known);
        return Result<void>{};
    });
    return records_.put(draft, table_, key_of(account.name), store::node_key_id, encode(account));
}

void Accounts::committed() {
    if (fresh_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (auto& [name, known] : fresh_) known_.insert_or_assign(std::move(name), std::move(known));
    fresh_.clear();
}

}  // namespace sanad::api
