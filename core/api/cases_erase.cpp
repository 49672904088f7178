// The part of Cases that takes back: consents that are withdrawn, cases that are erased.
#include "core/api/cases.h"
#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::api {

Result<casework::Consent> Cases::withdraw_consent(store::Draft& draft, const CaseId& case_id,
                                                  const ConsentId& id, const std::string& actor,
                                                  Time now) {
    auto withdrawn = consent(draft, case_id, id);
    if (!withdrawn) return withdrawn;
    if (withdrawn->withdrawn_at.ms != 0) return fail(Fault::conflict, "consent");
    withdrawn->withdrawn_at = now;
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::note;
    event.actor = actor;
    event.text = "consent withdrawn: " + format(id);
    if (const auto said = say(draft, case_id, std::move(event), now); !said)
        return std::unexpected(said.error());
    const auto written = parts_.records.put(draft, consents_, id, key_of(case_id),
                                            casework::write_record(*withdrawn));
    if (!written) return std::unexpected(written.error());
    return withdrawn;
}

Result<void> Cases::ask_erasure(store::Draft& draft, const CaseId& id, const ErasureAsked& asked) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::CaseErasureRecord>();
    out.setBy(to_text(asked.by));
    out.setReason(to_text(asked.reason));
    out.setAtMs(asked.at.ms);
    parts_.feed.emit(draft, {.at = asked.at, .name = "case.erasure_asked", .subject = id.bytes});
    return parts_.records.put(draft, erasures_, id, key_of(id), flatten(builder));
}

Result<Cases::ErasureAsked> Cases::erasure_asked(store::Snapshot& from, const CaseId& id) {
    const auto bytes = parts_.records.get(from, erasures_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "erasure of the case");
    return read_message<schema::CaseErasureRecord>(**bytes, [](auto in) -> Result<ErasureAsked> {
        return ErasureAsked{from_text(in.getBy()), from_text(in.getReason()), {in.getAtMs()}};
    });
}

Result<void> Cases::erase(store::Draft& draft, const CaseId& id, Time now) {
    const auto file = find(draft, id);
    if (!file) return std::unexpected(file.error());
    for (const auto& contact : file->contacts)
        if (const auto gone = parts_.contacts.erase(draft, contact, now); !gone) return gone;
    if (erasing_)
        if (const auto gone = erasing_(draft, id.bytes); !gone) return gone;
    parts_.feed.emit(draft, {.at = now, .name = "case.erased", .subject = id.bytes});
    return parts_.records.keyring().destroy(draft, key_of(id));
}

}  // namespace sanad::api
