#include "core/api/phones.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "core/trust/sip_digest.h"
#include "schemas/accounts.capnp.h"

#include <algorithm>
#include <tuple>

namespace sanad::api {
namespace {

constexpr std::size_t name_characters = 8;
constexpr std::size_t password_characters = 20;  // 100 bits

Bytes encode(const Phone& phone) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::PhoneRecord>();
    out.setName(to_text(phone.name));
    out.setOwner(to_text(phone.owner));
    out.setLabel(to_text(phone.label));
    out.setCreatedAtMs(phone.created_at.ms);
    out.setHa1(to_data(phone.ha1));
    return flatten(builder);
}

Result<Phone> decode(ByteView bytes) {
    return read_message<schema::PhoneRecord>(bytes, [](auto in) -> Result<Phone> {
        Phone phone{from_text(in.getName()),
                    from_text(in.getOwner()),
                    from_text(in.getLabel()),
                    {in.getCreatedAtMs()},
                    {}};
        const auto ha1 = in.getHa1();
        if (ha1.size() != phone.ha1.size()) return fail(Fault::malformed, "phone");
        std::ranges::copy(ha1, phone.ha1.begin());
        return phone;
    });
}

}  // namespace

Result<std::unique_ptr<Phones>> Phones::open(store::Store& store, Parts parts) {
    auto phones = std::make_unique<Phones>(parts);
    auto table = store::Records::open_table(store, "phone");
    if (!table) return std::unexpected(table.error());
    phones->table_ = std::move(*table);
    return phones;
}

// A store must not learn who has a telephone.
trust::Digest Phones::key_of(const std::string& name) const {
    return trust::keyed_token(parts_.index_key, bytes_of("phone:" + name));
}

// RFC 4648, section 6, in small letters, as they are easier to type on a telephone.
std::string Phones::random_text(std::size_t characters) {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    Bytes random(characters);
    parts_.entropy.fill(random);
    std::string text;
    for (const auto byte : random) text += alphabet[byte % alphabet.size()];
    return text;
}

Result<Phones::Made> Phones::add(store::Draft& draft, const std::string& owner,
                                 const std::string& label, Time now) {
    if (!label.empty())
        if (const auto sound = check_label(label, label_bytes_max); !sound)
            return std::unexpected(sound.error());
    const auto all = list(draft, {});
    if (!all) return std::unexpected(all.error());
    if (all->size() >= phones_max ||
        std::ranges::count(*all, owner, &Phone::owner) >= std::ptrdiff_t(phones_of_one_max))
        return fail(Fault::exhausted, "phones");
    Made made{"d-" + random_text(name_characters), random_text(password_characters)};
    const Phone phone{made.name, owner, label, now,
                      trust::sip_ha1(made.name, realm, made.password)};
    if (const auto kept =
            parts_.records.put(draft, table_, key_of(made.name), store::node_key_id, encode(phone));
        !kept)
        return std::unexpected(kept.error());
    parts_.feed.emit(draft, {.at = now, .name = "phone.changed", .who = owner});
    return made;
}

Result<void> Phones::remove(store::Draft& draft, const std::string& name, Time now) {
    const auto key = key_of(name);
    const auto bytes = parts_.records.get(draft, table_, key);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "phone");
    const auto phone = decode(**bytes);
    if (!phone) return std::unexpected(phone.error());
    parts_.feed.emit(draft, {.at = now, .name = "phone.changed", .who = phone->owner});
    return draft.del(table_.table, key);
}

Result<std::optional<Phone>> Phones::find(store::Snapshot& from, const std::string& name) {
    const auto bytes = parts_.records.get(from, table_, key_of(name));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<Phone>{};
    auto phone = decode(**bytes);
    if (!phone) return std::unexpected(phone.error());
    if (!parts_.accounts.actor(phone->owner)) return std::optional<Phone>{};
    return std::optional(std::move(*phone));
}

Result<std::vector<Phone>> Phones::list(store::Snapshot& from, const std::string& owner) {
    auto phones =
        parts_.records.collect(from, table_, {}, {}, store::Order::ascending, phones_max, decode);
    if (!phones) return phones;
    if (!owner.empty())
        std::erase_if(*phones, [&](const Phone& phone) { return phone.owner != owner; });
    std::ranges::sort(*phones, [](const Phone& a, const Phone& b) {
        return std::tie(a.created_at.ms, a.name) < std::tie(b.created_at.ms, b.name);
    });
    return phones;
}

void Phones::reached(const std::vector<std::string>& names, Time now) {
    const std::lock_guard lock(mutex_);
    for (const auto& name : names)
        if (reached_.size() < reachable_max || reached_.contains(name)) reached_[name] = now;
}

Time Phones::reached_at(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = reached_.find(name);
    return found == reached_.end() ? Time{} : found->second;
}

Result<Phone> Phones::best(store::Snapshot& from, const std::string& owner) {
    const auto phones = list(from, owner);
    if (!phones) return std::unexpected(phones.error());
    if (phones->empty()) return fail(Fault::denied, "phone_missing");
    const Phone* best = &phones->front();
    for (const Phone& phone : *phones)
        if (reached_at(phone.name) >= reached_at(best->name)) best = &phone;
    return *best;
}

}  // namespace sanad::api
