#include "core/api/sessions.h"

#include "core/base/message.h"
#include "schemas/accounts.capnp.h"

#include <algorithm>

namespace sanad::api {
namespace {

// More than there are accounts: one session a person.
constexpr std::uint32_t sessions_max = 10'000;

Bytes encode(const Session& session) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::SessionRecord>();
    out.setName(to_text(session.name));
    out.setToken(to_data(session.token));
    out.setStartedAtMs(session.started_at.ms);
    out.setSeenAtMs(session.seen_at.ms);
    out.setConfirmedAtMs(session.confirmed_at.ms);
    out.setHow(static_cast<std::uint16_t>(session.by));
    return flatten(builder);
}

Result<Session> decode(ByteView bytes) {
    return read_message<schema::SessionRecord>(bytes, [](auto in) -> Result<Session> {
        Session session;
        session.name = from_text(in.getName());
        const auto token = from_data(in.getToken());
        if (token.size() != session.token.size() || in.getHow() < 1 || in.getHow() > 2)
            return fail(Fault::malformed, "session");
        std::ranges::copy(token, session.token.begin());
        session.started_at = {in.getStartedAtMs()};
        session.seen_at = {in.getSeenAtMs()};
        session.confirmed_at = {in.getConfirmedAtMs()};
        session.by = static_cast<SignedInBy>(in.getHow());
        return session;
    });
}

}  // namespace

std::string_view name(SignedInBy by) { return by == SignedInBy::passkey ? "passkey" : "password"; }

Result<std::unique_ptr<Sessions>> Sessions::open(store::Store& store, store::Records& records,
                                                 store::Feed& feed,
                                                 const trust::SymmetricKey& index_key) {
    auto table = store::Records::open_table(store, "session");
    if (!table) return std::unexpected(table.error());
    auto sessions = std::make_unique<Sessions>(records, feed, index_key, std::move(*table));
    const auto snapshot = store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto all = records.collect(**snapshot, sessions->table_, {}, {}, store::Order::ascending,
                                     sessions_max, decode);
    if (!all) return std::unexpected(all.error());
    for (const Session& session : *all) sessions->fresh_.push_back({session.name, session});
    sessions->committed();
    return sessions;
}

std::optional<trust::Digest> Sessions::hash_of(ByteView token) {
    if (token.size() != token_bytes) return std::nullopt;
    return trust::sha256(token);
}

bool Sessions::is_over(const Session& session, Time now) {
    return now - session.seen_at >= idle_max || now - session.started_at >= life_max;
}

std::optional<Session> Sessions::find(const trust::Digest& token, Time now) const {
    const std::lock_guard lock(mutex_);
    const auto person = by_token_.find(token);
    if (person == by_token_.end()) return std::nullopt;
    const Session& session = live_.at(person->second).session;
    return is_over(session, now) ? std::nullopt : std::optional(session);
}

bool Sessions::has(const std::string& person, Time now) const {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(person);
    return found != live_.end() && !is_over(found->second.session, now);
}

void Sessions::touch(const trust::Digest& token, Time now) {
    const std::lock_guard lock(mutex_);
    const auto person = by_token_.find(token);
    if (person == by_token_.end()) return;
    Session& session = live_.at(person->second).session;
    if (!is_over(session, now)) session.seen_at = std::max(session.seen_at, now);
}

trust::Digest Sessions::key_of(const std::string& person) const {
    return trust::keyed_token(index_key_, bytes_of("session:" + person));
}

void Sessions::tell(store::Draft& draft, const std::string& person, Time now) {
    feed_.emit(draft, {.at = now, .name = "session.changed", .who = person});
}

Result<void> Sessions::write(store::Draft& draft, const Session& session) {
    draft.then([this, session](store::Transaction&) {
        fresh_.push_back({session.name, session});
        return Result<void>{};
    });
    return records_.put(draft, table_, key_of(session.name), store::node_key_id, encode(session));
}

Result<std::optional<Session>> Sessions::stored(store::Snapshot& from, const std::string& person) {
    const auto bytes = records_.get(from, table_, key_of(person));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    auto session = decode(**bytes);
    if (!session) return std::unexpected(session.error());
    return std::move(*session);
}

Result<void> Sessions::begin(store::Draft& draft, const Session& session, Time now) {
    tell(draft, session.name, now);
    return write(draft, session);
}

Result<void> Sessions::confirm(store::Draft& draft, const trust::Digest& token,
                               const trust::Digest& fresh, SignedInBy by, Time now) {
    const auto live = find(token, now);
    if (!live) return fail(Fault::denied, "signed_out");
    // In this group of commands it may have ended already.
    auto session = stored(draft, live->name);
    if (!session) return std::unexpected(session.error());
    if (!*session || (*session)->token != token) return fail(Fault::denied, "signed_out");
    (*session)->token = fresh;
    (*session)->seen_at = (*session)->confirmed_at = now;
    (*session)->by = by;
    tell(draft, live->name, now);
    return write(draft, **session);
}

Result<void> Sessions::end(store::Draft& draft, const std::string& person, Time now) {
    const auto session = stored(draft, person);
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    tell(draft, person, now);
    draft.then([this, person](store::Transaction&) {
        fresh_.push_back({person, std::nullopt});
        return Result<void>{};
    });
    return draft.del(table_.table, key_of(person));
}

bool Sessions::is_untidy(Time now) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(live_, [&](const auto& one) {
        const Live& live = one.second;
        return is_over(live.session, now) ||
               live.session.seen_at - live.seen_written >= seen_written_each;
    });
}

Result<void> Sessions::tidy(store::Draft& draft, Time now) {
    std::vector<Session> over;
    std::vector<Session> seen;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [person, live] : live_)
            if (is_over(live.session, now))
                over.push_back(live.session);
            else if (live.session.seen_at > live.seen_written)
                seen.push_back(live.session);
    }
    // Either may have been replaced in this group of commands.
    const auto is_stored = [&](const Session& session) -> Result<bool> {
        const auto found = stored(draft, session.name);
        if (!found) return std::unexpected(found.error());
        return *found && (*found)->token == session.token;
    };
    for (const auto* list : {&over, &seen})
        for (const Session& session : *list) {
            const auto still = is_stored(session);
            if (!still) return std::unexpected(still.error());
            if (!*still) continue;
            if (const auto done =
                    list == &over ? end(draft, session.name, now) : write(draft, session);
                !done)
                return done;
        }
    return {};
}

void Sessions::committed() {
    if (fresh_.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const Change& change : fresh_) {
        const auto before = live_.find(change.person);
        const bool same = before != live_.end() && change.session &&
                          before->second.session.token == change.session->token;
        if (before != live_.end() && !same) by_token_.erase(before->second.session.token);
        if (!change.session) {
            live_.erase(change.person);
            continue;
        }
        Live live{*change.session, change.session->seen_at};
        // Somebody may have been seen while this was written.
        if (same)
            live.session.seen_at = std::max(live.session.seen_at, before->second.session.seen_at);
        by_token_[live.session.token] = change.person;
        live_.insert_or_assign(change.person, std::move(live));
    }
    fresh_.clear();
}

}  // namespace sanad::api
