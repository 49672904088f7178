#include "core/api/feedback.h"

#include "core/base/time_text.h"

#include <algorithm>
#include <set>

namespace sanad::api {
namespace {

Bytes encode(const Feedback::Answers& answers) {
    Bytes bytes;
    for (const auto& [id, face] : answers) {
        bytes.insert(bytes.end(), id.begin(), id.end());
        bytes.push_back(0);
        bytes.push_back(face);
    }
    return bytes;
}

Result<Feedback::Answers> decode(ByteView bytes) {
    Feedback::Answers answers;
    while (!bytes.empty()) {
        const auto end = std::ranges::find(bytes, std::uint8_t{0});
        if (bytes.end() - end < 2) return fail(Fault::malformed, "feedback");
        answers.emplace_back(std::string(bytes.begin(), end), *(end + 1));
        if (answers.back().second < 1 || answers.back().second > Feedback::faces)
            return fail(Fault::malformed, "feedback");
        bytes = bytes.subspan(static_cast<std::size_t>(end - bytes.begin()) + 2);
    }
    return answers;
}

Bytes day_key(std::uint32_t day) {
    Bytes key;
    append_big_endian(key, day);
    return key;
}

}  // namespace

Result<std::unique_ptr<Feedback>> Feedback::open(store::Store& store, Parts parts) {
    auto feedback = std::make_unique<Feedback>(parts);
    auto answers = store::Records::open_table(store, "feedback");
    if (!answers) return std::unexpected(answers.error());
    auto given = store::Records::open_table(store, "feedback.given");
    if (!given) return std::unexpected(given.error());
    feedback->answers_ = std::move(*answers);
    feedback->given_ = std::move(*given);
    return feedback;
}

Result<void> Feedback::check(const Answers& answers) const {
    std::set<std::string_view> ids;
    for (const auto& [id, face] : answers) {
        if (!parts_.taxonomies.contains("child-feedback", id))
            return fail(Fault::unsupported, "question");
        if (face < 1 || face > faces) return fail(Fault::invalid, "face");
        if (!ids.insert(id).second) return fail(Fault::invalid, "question twice");
    }
    if (ids.empty()) return fail(Fault::invalid, "no answer");
    return {};
}

Result<void> Feedback::give(store::Draft& draft, const std::string& instance, ByteView conversation,
                            const Answers& answers, Time now) {
    if (const auto good = check(answers); !good) return good;
    const auto contact = parts_.contacts.find_conversation(draft, instance, conversation);
    if (!contact) return std::unexpected(contact.error());
    if (!*contact) return fail(Fault::not_found, "conversation");
    const auto before = parts_.records.get(draft, given_, **contact);
    if (!before) return std::unexpected(before.error());
    if (*before) return {};
    const Bytes nothing(1, 1);
    if (const auto kept = parts_.records.put(draft, given_, **contact, key_of(**contact), nothing);
        !kept)
        return kept;
    Bytes key = day_key(day_of(now));
    std::array<std::uint8_t, 16> random{};
    parts_.entropy.fill(random);
    append(key, random);
    parts_.feed.emit(draft, {.at = now, .name = "feedback.given"});
    return parts_.records.put(draft, answers_, key, store::node_key_id, encode(answers));
}

Result<Feedback::Counts> Feedback::count(store::Snapshot& from, std::uint32_t first,
                                         std::uint32_t last) {
    Counts counts;
    Result<void> read;
    const auto scanned = parts_.records.scan(
        from, answers_, day_key(first), store::after_prefix(day_key(last)), store::Order::ascending,
        UINT32_MAX, [&](ByteView, const Bytes& plain, ByteView) {
            const auto answers = decode(plain);
            if (!answers) {
                read = std::unexpected(answers.error());
                return false;
            }
            for (const auto& [id, face] : *answers) ++counts[id][face - 1U];
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (!read) return std::unexpected(read.error());
    return counts;
}

}  // namespace sanad::api
