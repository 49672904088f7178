// The part of Service that hands out passports: made once, then given piece by piece, because a
// message of the door is shorter than a long passport.
#include "core/api/service.h"
#include "core/base/message.h"
#include "core/federation/passport_export.h"
#include "core/trust/hash.h"

#include <algorithm>

namespace sanad::api {
namespace {

constexpr std::uint32_t passport_directories_max = 16;

}  // namespace

// What was signed before a key was changed holds under the directory of that time.
Result<Bytes> Service::make_passport(Context& context, const ReferralId& id) {
    const auto notes = parts_.directories.newest(context.from, passport_directories_max);
    if (!notes) return std::unexpected(notes.error());
    Result<Bytes> newest = fail(Fault::not_found, "no directory");
    for (const auto& note : *notes) {
        auto file = federation::export_passport(context.from, parts_.referrals, note,
                                                parts_.signing, id, context.now);
        if (file) return file;
        if (newest.error().fault == Fault::not_found) newest = std::move(file);
    }
    return newest;
}

// On the thread of lengthy calls alone, so that what is kept needs no lock.
Result<void> Service::passport_piece(Context& context, In request, Out reply) {
    const auto wanted = request.getPassportPiece();
    const auto id = context.about<ReferralId>(from_text(wanted.getReferral()));
    if (!id) return std::unexpected(id.error());
    const std::uint64_t offset = wanted.getOffset();
    KeptPassport& kept = kept_passport_;
    if (offset == 0) {
        auto file = make_passport(context, *id);
        if (!file) return std::unexpected(file.error());
        const auto hash = trust::sha256(*file);
        kept = {*id, context.actor.name, hash, std::move(*file)};
    }
    // Another passport was made meanwhile, or the pieces are somebody else's.
    const ByteView hash = from_data(wanted.getFile());
    const bool same = kept.referral == *id && kept.actor == context.actor.name &&
                      (offset == 0 || std::ranges::equal(kept.hash, hash));
    if (!same || kept.file.empty()) return fail(Fault::busy, "passport: ask for it from its start");
    if (offset > kept.file.size()) return fail(Fault::invalid, "passport: offset");
    const auto rest = ByteView(kept.file).subspan(std::size_t(offset));
    const auto piece = rest.first(std::min(rest.size(), passport_piece_bytes));
    auto out = reply.initPassportPiece();
    out.setOffset(offset);
    out.setTotal(kept.file.size());
    out.setFile(to_data(kept.hash));
    out.setBytes(to_data(piece));
    if (piece.size() == rest.size()) kept = {};
    return {};
}

}  // namespace sanad::api
