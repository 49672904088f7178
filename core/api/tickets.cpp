#include "core/api/tickets.h"

#include "core/base/base64url.h"

#include <algorithm>
#include <array>

namespace sanad::api {
namespace {

// what (1) · expires, big-endian (8) · random (16) · authentication (32) · person
constexpr std::size_t random_bytes = 16;
constexpr std::size_t body_bytes = 1 + 8 + random_bytes;
constexpr std::size_t head_bytes = body_bytes + 32;

std::unexpected<Error> expired() { return fail(Fault::expired, "ticket_expired"); }

Result<Bytes> bytes_in(std::string_view text) {
    if (text.size() > Tickets::text_bytes_max) return expired();
    auto bytes = from_base64url(text);
    if (!bytes || bytes->size() < head_bytes) return expired();
    return bytes;
}

}  // namespace

trust::Digest Tickets::derive(std::string_view what, ByteView ticket) const {
    Bytes bytes(what.begin(), what.end());
    append(bytes, ticket);
    return trust::keyed_token(key_, bytes);
}

trust::Digest Tickets::authenticate(ByteView body, ByteView bound) const {
    Bytes bytes(bound.begin(), bound.end());
    append_big_endian(bytes, static_cast<std::uint32_t>(bound.size()));
    append(bytes, body);
    return derive("ticket ", bytes);
}

Tickets::Ticket Tickets::issue(For what, const std::string& person, ByteView bound, Duration now) {
    Ticket ticket;
    ticket.person = person;
    ticket.expires = now + (what == For::sign_in ? sign_in_life : enrol_life);
    Bytes body{static_cast<std::uint8_t>(what)};
    append_big_endian(body, static_cast<std::uint64_t>(ticket.expires.count()));
    std::array<std::uint8_t, random_bytes> random{};
    entropy_.fill(random);
    append(body, random);
    Bytes with_person = body;
    append(with_person, bytes_of(person));
    ticket.bytes = body;
    append(ticket.bytes, authenticate(with_person, bound));
    append(ticket.bytes, bytes_of(person));
    ticket.challenge = derive("challenge ", ticket.bytes);
    return ticket;
}

std::string Tickets::text_of(const Ticket& ticket) { return to_base64url(ticket.bytes); }

Result<std::string> Tickets::person_in(std::string_view text) {
    const auto bytes = bytes_in(text);
    if (!bytes) return std::unexpected(bytes.error());
    return std::string(sanad::text_of(ByteView(*bytes).subspan(head_bytes)));
}

Result<Tickets::Ticket> Tickets::check(For what, std::string_view text, ByteView bound,
                                       Duration now) {
    auto bytes = bytes_in(text);
    if (!bytes) return std::unexpected(bytes.error());
    const ByteView all(*bytes);
    Bytes signed_bytes(all.begin(), all.begin() + body_bytes);
    append(signed_bytes, all.subspan(head_bytes));
    if (!trust::equal_in_constant_time(authenticate(signed_bytes, bound),
                                       all.subspan(body_bytes, 32)) ||
        all[0] != static_cast<std::uint8_t>(what))
        return expired();
    Ticket ticket;
    ticket.expires =
        Duration(static_cast<std::int64_t>(read_big_endian<std::uint64_t>(all.subspan(1))));
    ticket.person = sanad::text_of(all.subspan(head_bytes));
    if (now >= ticket.expires) return expired();
    ticket.challenge = derive("challenge ", all);
    ticket.bytes = std::move(*bytes);
    const std::lock_guard lock(mutex_);
    if (spent_.contains(ticket.challenge)) return expired();
    return ticket;
}

Result<void> Tickets::spend(const Ticket& ticket, Duration now) {
    const std::lock_guard lock(mutex_);
    if (spent_.size() >= spent_max) forget_old(now);
    if (spent_.size() >= spent_max) return fail(Fault::busy, "tickets");
    if (!spent_.emplace(ticket.challenge, ticket.expires).second) return expired();
    return {};
}

void Tickets::forget_old(Duration now) {
    std::erase_if(spent_, [&](const auto& one) { return now >= one.second; });
}

trust::TotpSecret Tickets::totp_of(const Ticket& ticket) const {
    auto digest = derive("totp ", ticket.bytes);
    trust::TotpSecret secret(ByteView(digest).first(trust::TotpSecret::size));
    trust::wipe(digest);
    return secret;
}

}  // namespace sanad::api
