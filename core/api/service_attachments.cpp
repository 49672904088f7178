// The part of Service that is about files of text beside referrals.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/base/encoding.h"

#include <algorithm>

namespace sanad::api {
namespace {

constexpr std::size_t part_bytes_max = 768 << 10;  // with room for the rest of a door's message

void fill_attachment(schema::api::AttachmentView::Builder out,
                     const federation::Attachment& attachment) {
    const auto& manifest = attachment.manifest;
    out.setId(text(format(manifest.id)));
    out.setName(text(manifest.name));
    out.setBytes(manifest.bytes);
    out.setSha256(text(to_hex(manifest.sha256)));
    out.setDirection(attachment.direction == federation::Direction::out ? "out" : "in");
    out.setAt(text(format_time(attachment.at)));
    out.setState(!attachment.refused.empty()                          ? "refused"
                 : attachment.complete()                              ? "complete"
                 : attachment.direction == federation::Direction::out ? "lost"
                                                                      : "under_way");
    out.setChunksHeld(attachment.held);
    out.setChunks(manifest.count());
    out.setRefused(text(attachment.refused));
}

}  // namespace

Result<void> Service::attachment_list(Context& context, In request, Out reply) {
    const auto id = parse_id<ReferralId>(from_text(request.getAttachmentList()));
    if (!id) return std::unexpected(id.error());
    if (const auto own = own_referral(context, *id); !own) return std::unexpected(own.error());
    const auto all = parts_.attachments.list(context.from, *id);
    if (!all) return std::unexpected(all.error());
    auto out = reply.initAttachments(static_cast<unsigned>(all->size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_attachment(out[i], (*all)[i]);
    return {};
}

Result<void> Service::attachment_read(Context& context, In request, Out reply) {
    const auto in = request.getAttachmentRead();
    const auto referral = parse_id<ReferralId>(from_text(in.getReferral()));
    if (!referral) return std::unexpected(referral.error());
    const auto id = parse_id<AttachmentId>(from_text(in.getAttachment()));
    if (!id) return std::unexpected(id.error());
    context.subject = referral->bytes;
    if (const auto own = own_referral(context, *referral); !own)
        return std::unexpected(own.error());
    const auto content = parts_.attachments.read(context.from, *referral, *id);
    if (!content) return std::unexpected(content.error());
    const std::size_t offset = std::min<std::size_t>(in.getOffset(), content->size());
    const auto part = ByteView(*content).subspan(offset);
    auto out = reply.initAttachmentPart();
    out.setBytes(to_data(part.first(std::min(part.size(), part_bytes_max))));
    out.setSize(static_cast<std::uint32_t>(content->size()));
    return {};
}

// What a consent does not name does not leave, whatever it is.
Result<void> Service::check_attachment_consent(store::Snapshot& from, const ReferralId& id,
                                               Time now) {
    const auto record = parts_.referrals.find(from, id);
    if (!record) return std::unexpected(record.error());
    if (record->side != casework::Side::asker) return fail(Fault::denied, "wrong_side");
    const auto consent = parts_.cases.consent(from, record->case_id, record->consent_id);
    if (!consent) return std::unexpected(consent.error());
    const auto covered =
        casework::covers(*consent, {casework::Item::attachments}, record->peer.text, now);
    if (!covered) return covered;
    const auto asked = parts_.referrals.message(from, *record, casework::Side::asker, 0);
    if (!asked) return std::unexpected(asked.error());
    if (!asked->request) return fail(Fault::malformed, "request");
    return parts_.policies.current()
        ->check({.from = federation::country_of(parts_.self),
                 .to = federation::country_of(record->peer),
                 .recipient = casework::Recipient::node,
                 .basis = asked->request->transfer_basis,
                 .purpose = record->kind,
                 .items = {casework::Item::attachments}})
        .as_result();
}

Result<void> Service::attachment_add(Context& context, In request, Out reply) {
    const auto in = request.getAttachmentAdd();
    const auto referral = parse_id<ReferralId>(from_text(in.getReferral()));
    if (!referral) return std::unexpected(referral.error());
    context.subject = referral->bytes;
    if (const auto own = own_referral(context, *referral); !own)
        return std::unexpected(own.error());
    const auto allowed = check_attachment_consent(context.from, *referral, context.now);
    if (!allowed) return allowed;
    const auto bytes = from_data(in.getBytes());
    if (bytes.empty() || bytes.size() > part_bytes_max) return fail(Fault::bad_size, "part");
    std::string id = from_text(in.getUpload());
    if (id.empty()) {
        id = format(make_id<AttachmentId>(context.now, parts_.entropy));
        const auto begun = uploads_.begin(
            id, {context.actor.name, *referral, from_text(in.getName()), {}, context.now});
        if (!begun) return begun;
    }
    const auto upload = uploads_.write(id, context.actor.name, in.getOffset(), bytes,
                                       federation::attachment_bytes_max, context.now);
    if (!upload) return std::unexpected(upload.error());
    auto done = reply.initDone();
    done.setId(text(id));
    done.setState("under_way");
    if (!in.getLast()) return {};
    const auto added = parts_.attachments.add(*context.draft, (*upload)->referral, (*upload)->name,
                                              (*upload)->content, context.now);
    (*upload)->judged = true;
    if (!added) return std::unexpected(added.error());
    context.reason = added->refused;
    done.setId(text(format(added->manifest.id)));
    done.setState(added->refused.empty() ? "sent" : "refused");
    done.setCode(text(added->refused));
    return {};
}

}  // namespace sanad::api
