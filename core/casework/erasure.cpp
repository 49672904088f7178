#include "core/casework/erasure.h"

#include "core/base/text.h"
#include "core/casework/record_fields.h"
#include "core/casework/referral.h"

#include <algorithm>

namespace sanad::casework {
namespace {

constexpr std::array<std::uint8_t, 3> steps{50, 100, 200};

Result<void> copy_hash(capnp::Data::Reader data, KeyHash& hash) {
    if (data.size() == 0) return {};
    if (data.size() != hash.size()) return fail(Fault::bad_size, "key_hash");
    std::copy(data.begin(), data.end(), hash.begin());
    return {};
}

Result<void> check_hold(const ErasureMessage& message, const Taxonomies& taxonomies) {
    if (!taxonomies.contains("legal-hold", message.reason))
        return fail(Fault::unsupported, "reason");
    if (const auto law = check_label(message.law, hold_law_bytes_max); !law)
        return fail(law.error().fault, "law");
    if (message.until <= message.at || message.until - message.at > legal_hold_at_most ||
        message.until.ms > event_time_ms_max)
        return fail(Fault::invalid, "until");
    return {};
}

Time step_at(const Erasure& erasure, std::uint8_t percent) {
    return erasure.requested_at + erasure_answer_within * percent / 100;
}

std::uint8_t bit_of(std::uint8_t percent) {
    return static_cast<std::uint8_t>(1U << (std::ranges::find(steps, percent) - steps.begin()));
}

Result<ErasureMessage> read(schema::ErasureMessage::Reader in) {
    ErasureMessage message;
    const auto kind = read_enum(in.getKind(), ErasureKind::held);
    if (!kind) return std::unexpected(kind.error());
    const auto referral = id_from<ReferralId>(from_data(in.getReferral()));
    if (!referral) return std::unexpected(referral.error());
    message.kind = *kind;
    message.referral = *referral;
    message.at = {in.getAtMs()};
    message.reason = from_text(in.getReason());
    message.law = from_text(in.getLaw());
    message.until = {in.getUntilMs()};
    message.entries = in.getEntries();
    if (const auto hash = copy_hash(in.getKeyHash(), message.key_hash); !hash)
        return std::unexpected(hash.error());
    return message;
}

Result<Erasure> read_record(schema::ErasureRecord::Reader in) {
    Erasure erasure;
    const auto referral = id_from<ReferralId>(from_data(in.getReferral()));
    if (!referral) return std::unexpected(referral.error());
    if (in.getSide() == 0 || in.getSide() > static_cast<std::uint16_t>(ErasureSide::holder) ||
        in.getState() == 0 || in.getState() > static_cast<std::uint16_t>(ErasureState::held))
        return fail(Fault::unsupported, "erasure");
    erasure.referral = *referral;
    erasure.peer.text = from_text(in.getPeer());
    erasure.side = static_cast<ErasureSide>(in.getSide());
    erasure.state = static_cast<ErasureState>(in.getState());
    erasure.reason = from_text(in.getReason());
    erasure.requested_at = {in.getRequestedAtMs()};
    erasure.answered_at = {in.getAnsweredAtMs()};
    erasure.hold_reason = from_text(in.getHoldReason());
    erasure.hold_law = from_text(in.getHoldLaw());
    erasure.hold_until = {in.getHoldUntilMs()};
    erasure.entries = in.getEntries();
    erasure.steps_done = in.getStepsDone();
    if (const auto hash = copy_hash(in.getKeyHash(), erasure.key_hash); !hash)
        return std::unexpected(hash.error());
    return erasure;
}

}  // namespace

std::string_view name(ErasureKind kind) {
    constexpr std::array<std::string_view, 4> names{"", "request", "certificate", "held"};
    return names.at(static_cast<std::size_t>(kind));
}

std::string_view name(ErasureState state) {
    constexpr std::array<std::string_view, 4> names{"", "erasure_requested", "erased", "held"};
    return names.at(static_cast<std::size_t>(state));
}

Result<void> check_erasure(const ErasureMessage& message, const Taxonomies& taxonomies) {
    if (message.referral.empty()) return fail(Fault::invalid, "referral");
    if (message.at.ms <= 0 || message.at.ms > event_time_ms_max) return fail(Fault::invalid, "at");
    const bool is_hold = message.kind == ErasureKind::held;
    const bool is_certificate = message.kind == ErasureKind::certificate;
    if (!is_hold && (!message.law.empty() || message.until.ms != 0))
        return fail(Fault::invalid, "until");
    if (is_certificate != (message.key_hash != KeyHash{})) return fail(Fault::invalid, "key_hash");
    if (!is_certificate && message.entries != 0) return fail(Fault::invalid, "entries");
    if (is_hold) return check_hold(message, taxonomies);
    if (is_certificate) {
        if (!message.reason.empty()) return fail(Fault::invalid, "reason");
        return {};
    }
    if (message.kind != ErasureKind::request) return fail(Fault::unsupported, "kind");
    if (!taxonomies.contains("withdraw-reasons", message.reason))
        return fail(Fault::unsupported, "reason");
    return {};
}

Bytes write_erasure(const ErasureMessage& message) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ErasureMessage>();
    out.setKind(to_schema<schema::ErasureKind>(message.kind));
    out.setReferral(to_data(message.referral));
    out.setAtMs(message.at.ms);
    out.setReason(to_text(message.reason));
    out.setLaw(to_text(message.law));
    out.setUntilMs(message.until.ms);
    if (message.key_hash != KeyHash{}) out.setKeyHash(to_data(message.key_hash));
    out.setEntries(message.entries);
    return flatten(builder);
}

Result<ErasureMessage> read_erasure(ByteView bytes, const Taxonomies& taxonomies) {
    auto message = read_message<schema::ErasureMessage>(bytes, read, erasure_message_bytes_max);
    if (!message) return message;
    if (const auto sound = check_erasure(*message, taxonomies); !sound)
        return std::unexpected(sound.error());
    return message;
}

Bytes write_record(const Erasure& erasure) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ErasureRecord>();
    out.setReferral(to_data(erasure.referral));
    out.setPeer(to_text(erasure.peer.text));
    out.setSide(static_cast<std::uint16_t>(erasure.side));
    out.setState(static_cast<std::uint16_t>(erasure.state));
    out.setReason(to_text(erasure.reason));
    out.setRequestedAtMs(erasure.requested_at.ms);
    out.setAnsweredAtMs(erasure.answered_at.ms);
    out.setHoldReason(to_text(erasure.hold_reason));
    out.setHoldLaw(to_text(erasure.hold_law));
    out.setHoldUntilMs(erasure.hold_until.ms);
    if (erasure.key_hash != KeyHash{}) out.setKeyHash(to_data(erasure.key_hash));
    out.setEntries(erasure.entries);
    out.setStepsDone(erasure.steps_done);
    return flatten(builder);
}

Result<Erasure> read_erasure_record(ByteView bytes) {
    return read_message<schema::ErasureRecord>(bytes, read_record, erasure_message_bytes_max);
}

std::vector<std::uint8_t> due_erasure_steps(const Erasure& erasure, Time now) {
    std::vector<std::uint8_t> due;
    if (erasure.state != ErasureState::requested) return due;
    for (const auto percent : steps)
        if ((erasure.steps_done & bit_of(percent)) == 0 && step_at(erasure, percent) <= now)
            due.push_back(percent);
    return due;
}

std::uint8_t with_erasure_step(std::uint8_t steps_done, std::uint8_t percent) {
    return static_cast<std::uint8_t>(steps_done | bit_of(percent));
}

std::optional<Time> next_erasure_due(const Erasure& erasure) {
    if (erasure.state == ErasureState::held) return erasure.hold_until;
    if (erasure.state != ErasureState::requested) return std::nullopt;
    for (const auto percent : steps)
        if ((erasure.steps_done & bit_of(percent)) == 0) return step_at(erasure, percent);
    return std::nullopt;
}

}  // namespace sanad::casework
