#include "core/api/cover.h"

#include "core/base/message.h"
#include "core/trust/hash.h"
#include "schemas/records.capnp.h"

#include <algorithm>
#include <array>

namespace sanad::api {

using casework::Item;
using casework::ReferralEventKind;
using casework::ReferralMessage;
using casework::ReferralRecord;

namespace {

constexpr std::string_view texts_list = "cover-texts";
constexpr std::string_view node_place = "{node}";
// What the person writes from here on is told, and what they said of themselves: nothing else.
const std::set<Item> told_items{Item::narrative, Item::languages, Item::age_band, Item::reasons};

constexpr std::array<std::string_view, 4> answer_names{"", "go_on", "wait", "leave_message"};

Bytes encode(const Cover::Offer& offer) {
    capnp::MallocMessageBuilder builder(64);
    auto out = builder.initRoot<schema::CoverRecord>();
    out.setNode(to_text(offer.node.text));
    out.setName(to_text(offer.name));
    out.setLanguage(to_text(offer.language));
    out.setAnswer(static_cast<std::uint8_t>(offer.answer));
    if (!offer.referral.empty()) out.setReferral(to_data(offer.referral));
    out.setOfferedAtMs(offer.offered_at.ms);
    return flatten(builder);
}

Result<Cover::Offer> decode(ByteView bytes) {
    return read_message<schema::CoverRecord>(bytes, [](auto in) -> Result<Cover::Offer> {
        Cover::Offer offer;
        if (in.getAnswer() >= answer_names.size()) return fail(Fault::unsupported, "answer");
        offer.node.text = from_text(in.getNode());
        offer.name = from_text(in.getName());
        offer.language = from_text(in.getLanguage());
        offer.answer = static_cast<CoverAnswer>(in.getAnswer());
        offer.offered_at = {in.getOfferedAtMs()};
        if (in.hasReferral()) {
            const auto id = id_from<ReferralId>(from_data(in.getReferral()));
            if (!id) return std::unexpected(id.error());
            offer.referral = *id;
        }
        return offer;
    });
}

bool is_open_overflow(const ReferralRecord& record) {
    return record.kind == "overflow" && record.side == casework::Side::asker &&
           !casework::is_ended(record.state);
}

}  // namespace

std::string_view name(CoverAnswer answer) {
    const auto place = static_cast<std::size_t>(answer);
    return place < answer_names.size() ? answer_names[place] : std::string_view{};
}

Result<CoverAnswer> cover_answer_from(std::string_view name) {
    const auto found = std::ranges::find(answer_names, name);
    if (name.empty() || found == answer_names.end()) return fail(Fault::unsupported, "choice");
    return static_cast<CoverAnswer>(found - answer_names.begin());
}

CoverAnswer cover_answer_in(std::string_view text) {
    constexpr std::string_view blanks = " \t\n.";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return CoverAnswer::none;
    text = text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
    constexpr std::array<std::array<std::string_view, 3>, 3> digits{
        {{"1", "2", "3"}, {"١", "٢", "٣"}, {"۱", "۲", "۳"}}};
    for (const auto& row : digits)
        for (std::size_t i = 0; i < row.size(); ++i)
            if (text == row[i]) return static_cast<CoverAnswer>(i + 1);
    return CoverAnswer::none;
}

Result<std::unique_ptr<Cover>> Cover::open(store::Store& store, Parts parts) {
    auto cover = std::make_unique<Cover>(std::move(parts));
    auto offers = store::Records::open_table(store, "cover");
    auto referrals = store::Records::open_table(store, "cover.referral");
    if (!offers) return std::unexpected(offers.error());
    if (!referrals) return std::unexpected(referrals.error());
    cover->offers_ = std::move(*offers);
    cover->referrals_ = std::move(*referrals);
    return cover;
}

Result<std::vector<casework::Helper>> Cover::helpers(store::Snapshot& from,
                                                     const std::vector<NodeId>& without) {
    const auto referrals = parts_.referrals.list(from, referrals_looked_at);
    if (!referrals) return std::unexpected(referrals.error());
    const auto table = parts_.peers.current();
    std::vector<casework::Helper> helpers;
    for (const auto& [id, peer] : table->nodes) {
        if (!peer.active || id == parts_.self || std::ranges::find(without, id) != without.end())
            continue;
        auto roster = parts_.rosters.find(from, id);
        if (!roster) return std::unexpected(roster.error());
        casework::Helper helper;
        helper.node = id;
        helper.languages = peer.languages;
        helper.services = peer.services;
        helper.roster = std::move(*roster);
        helper.is_preferred = std::ranges::find(parts_.fallback, id) != parts_.fallback.end();
        for (const auto& record : *referrals) {  // the newest first
            if (record.peer != id || record.side != casework::Side::asker) continue;
            if (!helper.asked_last) helper.asked_last = record.created_at;
            if (is_open_overflow(record)) ++helper.open_offers;
        }
        helpers.push_back(std::move(helper));
    }
    return helpers;
}

Result<std::vector<casework::Choice>> Cover::choices(store::Snapshot& from, const ContactId& id,
                                                     Time now) {
    const auto contact = parts_.contacts.find(from, id);
    if (!contact) return std::unexpected(contact.error());
    const auto all = helpers(from, {});
    if (!all) return std::unexpected(all.error());
    casework::Need need;
    need.languages = contact->languages;
    need.age_band = contact->age_band;
    need.kind = "overflow";
    need.now = now;
    return casework::rank(*all, need);
}

Result<std::optional<Cover::Offer>> Cover::find(store::Snapshot& from, const ContactId& contact) {
    const auto bytes = parts_.records.get(from, offers_, contact);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<Offer>();
    auto offer = decode(**bytes);
    if (!offer) return std::unexpected(offer.error());
    return std::optional<Offer>(std::move(*offer));
}

Result<Cover::Offer> Cover::offer(store::Draft& draft, const ContactId& id, Time now) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const auto before = find(draft, id);
    if (!before) return std::unexpected(before.error());
    if (contact->state != casework::ContactState::waiting)
        return fail(Fault::denied, "not_in_this_state");
    if (parts_.may_refer)
        if (const auto may = parts_.may_refer(now); !may) return std::unexpected(may.error());
    const auto ranked = choices(draft, id, now);
    if (!ranked) return std::unexpected(ranked.error());
    if (ranked->empty() || !ranked->front().fits) return fail(Fault::denied, "nobody_open");
    Offer offer;
    offer.node = ranked->front().node;
    const auto* peer = parts_.peers.current()->find(offer.node);
    offer.name = peer == nullptr || peer->name.empty() ? offer.node.text : peer->name;
    offer.language = contact->languages.empty() ? "ar" : contact->languages.front();
    offer.offered_at = now;
    const auto said = parts_.contacts.announce(draft, id, "node", text("offer", offer), now);
    if (!said) return std::unexpected(said.error());
    parts_.feed.emit(
        draft, {.at = now, .name = "cover.offered", .subject = id.bytes, .peer = offer.node.text});
    if (const auto kept = keep(draft, id, offer); !kept) return std::unexpected(kept.error());
    return offer;
}

Result<Cover::Offer> Cover::answer(store::Draft& draft, const ContactId& id, CoverAnswer answer,
                                   Time now) {
    const auto before = find(draft, id);
    if (!before) return std::unexpected(before.error());
    if (!*before) return fail(Fault::not_found, "offer");
    Offer offer = **before;
    if (offer.answer == CoverAnswer::go_on) return fail(Fault::denied, "already_ended");
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    if (contact->state != casework::ContactState::waiting)
        return fail(Fault::denied, "not_in_this_state");
    offer.answer = answer;
    if (answer == CoverAnswer::go_on) {
        if (const auto gone = go_on(draft, *contact, offer, now); !gone)
            return std::unexpected(gone.error());
    } else {
        const auto said = parts_.contacts.announce(
            draft, id, "node", text("chosen_" + std::string(name(answer)), offer), now);
        if (!said) return std::unexpected(said.error());
    }
    parts_.feed.emit(draft, {.at = now,
                             .name = "cover." + std::string(name(answer)),
                             .subject = id.bytes,
                             .peer = offer.node.text});
    if (const auto kept = keep(draft, id, offer); !kept) return std::unexpected(kept.error());
    return offer;
}

// The contact is the covering node's from here on, until it completes the referral.
Result<void> Cover::go_on(store::Draft& draft, const casework::Contact& contact, Offer& offer,
                          Time now) {
    if (parts_.may_refer)
        if (const auto may = parts_.may_refer(now); !may) return may;
    const auto case_id = case_of(draft, contact, now);
    if (!case_id) return std::unexpected(case_id.error());
    const auto consent = consent_of(draft, *case_id, offer, now);
    if (!consent) return std::unexpected(consent.error());
    auto what = request_of(draft, contact, *case_id, *consent);
    if (!what) return std::unexpected(what.error());
    if (const auto covered = casework::covers_request(*consent, *what, offer.node.text, now);
        !covered)
        return covered;
    if (parts_.may_send)
        if (const auto may = parts_.may_send(offer.node, *what); !may) return may;
    const auto record =
        parts_.referrals.request(draft, offer.node, *case_id, consent->id, std::move(*what), now);
    if (!record) return std::unexpected(record.error());
    offer.referral = record->id;
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::referral;
    event.actor = "node";
    event.subject = record->id.bytes;
    if (const auto noted = parts_.cases.say(draft, *case_id, std::move(event), now); !noted)
        return std::unexpected(noted.error());
    const auto opened = parts_.contacts.open(draft, contact.id, offer.node.text, now);
    if (!opened) return std::unexpected(opened.error());
    const auto said =
        parts_.contacts.reply(draft, contact.id, offer.node.text, text("chosen_go_on", offer), now);
    if (!said) return std::unexpected(said.error());
    return parts_.records.put(draft, referrals_, record->id, federation::key_of(record->id),
                              contact.id.bytes);
}

Result<CaseId> Cover::case_of(store::Draft& draft, const casework::Contact& contact, Time now) {
    if (!contact.case_id.empty()) return contact.case_id;
    Cases::Details details;
    details.urgency = contact.urgency;
    const auto file = parts_.cases.open_from(draft, contact.id, std::move(details), "node", now);
    if (!file) return std::unexpected(file.error());
    return file->id;
}

// The words that were shown are the words that were agreed to.
Result<casework::Consent> Cover::consent_of(store::Draft& draft, const CaseId& case_id,
                                            const Offer& offer, Time now) {
    casework::Consent consent;
    consent.case_id = case_id;
    consent.terms.by = casework::ConsentBy::child;
    consent.terms.text_hash = trust::sha256(bytes_of(text("offer", offer)));
    consent.terms.items = told_items;
    consent.terms.recipients = {offer.node.text};
    consent.language = offer.language;
    consent.recorded_by = "node";
    return parts_.cases.record_consent(draft, std::move(consent), now);
}

Result<casework::ReferralRequest> Cover::request_of(store::Draft& draft,
                                                    const casework::Contact& contact,
                                                    const CaseId& case_id,
                                                    const casework::Consent& consent) {
    const auto file = parts_.cases.find(draft, case_id);
    if (!file) return std::unexpected(file.error());
    auto events = parts_.contacts.events(draft, contact.id, 0, UINT32_MAX);
    if (!events) return std::unexpected(events.error());
    casework::ReferralRequest what;
    what.case_code = file->code;
    what.kind = "overflow";
    what.urgency =
        contact.urgency == casework::Urgency::none ? casework::Urgency::u1 : contact.urgency;
    what.languages = contact.languages;
    what.age_band = contact.age_band;
    what.reasons = contact.topics;
    what.transfer_basis = "express_consent";
    what.consent = consent.terms;
    // What was written so far, the newest last, as much of the end as fits.
    for (const auto& event : *events) {
        if (event.kind != casework::ContactEventKind::child_message) continue;
        if (cover_answer_in(event.text) != CoverAnswer::none) continue;
        what.narrative += (what.narrative.empty() ? "" : "\n") + event.text;
    }
    while (what.narrative.size() > casework::narrative_bytes_max) {
        const auto line = what.narrative.find('\n');
        what.narrative.erase(0, line == what.narrative.npos ? what.narrative.size() : line + 1);
    }
    return what;
}

Result<void> Cover::person_wrote(store::Draft& draft, const ContactId& id,
                                 const std::string& message, Time now) {
    const auto offer = find(draft, id);
    if (!offer) return std::unexpected(offer.error());
    if (!*offer) return look_later(draft, id);
    if ((*offer)->answer != CoverAnswer::go_on) {
        const auto chosen = cover_answer_in(message);
        if (chosen == CoverAnswer::none) return {};
        const auto answered = answer(draft, id, chosen, now);
        // Somebody has taken the contact meanwhile, or the node is gone: then it is a message.
        if (!answered && answered.error().fault != Fault::denied)
            return std::unexpected(answered.error());
        return {};
    }
    const auto record = parts_.referrals.find(draft, (*offer)->referral);
    if (!record || casework::is_ended(record->state)) return {};
    const auto told =
        parts_.referrals.move(draft, record->id, ReferralEventKind::information, {}, message, now);
    if (!told && told.error().fault != Fault::denied) return std::unexpected(told.error());
    return {};
}

// The same time each time, so that one timer stands, however much they write.
Result<void> Cover::look_later(store::Draft& draft, const ContactId& id) {
    if (parts_.offers == Offers::when_told) return {};
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const Time due =
        contact->waiting_since + casework::pick_up_time(casework::QueueRules{}, contact->urgency);
    return parts_.timers.set(draft, {due, cover_timer, id.bytes});
}

Result<void> Cover::on_timer(store::Draft& draft, const ContactId& id, Time now) {
    const auto contact = parts_.contacts.find(draft, id);
    if (!contact)
        return contact.error().fault == Fault::not_found ? Result<void>{}
                                                         : std::unexpected(contact.error());
    const auto before = find(draft, id);
    if (!before) return std::unexpected(before.error());
    if (*before || contact->state != casework::ContactState::waiting) return {};
    const auto offered = offer(draft, id, now);
    if (offered) return {};
    if (offered.error().fault != Fault::denied) return std::unexpected(offered.error());
    if (now - contact->waiting_since >= look_at_most) return {};
    return parts_.timers.set(draft, {now + look_again, cover_timer, id.bytes});
}

Result<void> Cover::heard(store::Draft& draft, const ReferralRecord& record,
                          const ReferralMessage& message, Time now) {
    if (record.kind != "overflow" || record.side != casework::Side::asker) return {};
    const auto kept = parts_.records.get(draft, referrals_, record.id);
    if (!kept) return std::unexpected(kept.error());
    const auto id = *kept ? id_from<ContactId>(**kept) : fail(Fault::not_found, "contact");
    if (!id) return {};
    const auto offer = find(draft, *id);
    if (!offer) return std::unexpected(offer.error());
    if (!*offer) return {};
    if (casework::is_ended(record.state)) return end(draft, *id, **offer, record, message, now);
    const bool is_for_person =
        message.kind == ReferralEventKind::ask || message.kind == ReferralEventKind::note;
    if (!is_for_person) return {};
    const auto said = parts_.contacts.reply(draft, *id, (*offer)->node.text, message.text, now);
    if (!said && said.error().fault == Fault::io) return std::unexpected(said.error());
    return {};
}

// Back home: the summary stands in the case, and the contact in the queue.
Result<void> Cover::end(store::Draft& draft, const ContactId& id, const Offer& offer,
                        const ReferralRecord& record, const ReferralMessage& message, Time now) {
    const auto is_broken = [](const auto& result) {
        return !result && result.error().fault == Fault::io;
    };
    casework::CaseEvent note;
    note.kind = casework::CaseEventKind::note;
    note.actor = offer.node.text;
    note.subject = record.id.bytes;
    note.text = std::string(casework::name(message.kind)) +
                (message.reason.empty() ? "" : " " + message.reason) +
                (message.text.empty() ? "" : "\n" + message.text);
    if (const auto noted = parts_.cases.say(draft, record.case_id, std::move(note), now);
        is_broken(noted))
        return std::unexpected(noted.error());
    if (const auto said =
            parts_.contacts.reply(draft, id, offer.node.text, text("back", offer), now);
        is_broken(said))
        return std::unexpected(said.error());
    if (const auto released = parts_.contacts.release(draft, id, offer.node.text, now);
        is_broken(released))
        return std::unexpected(released.error());
    parts_.feed.emit(
        draft, {.at = now, .name = "cover.ended", .subject = id.bytes, .peer = offer.node.text});
    return {};
}

Result<void> Cover::keep(store::Draft& draft, const ContactId& contact, const Offer& offer) {
    return parts_.records.put(draft, offers_, contact, key_of(contact), encode(offer));
}

std::string Cover::text(std::string_view id, const Offer& offer) const {
    const auto* list = parts_.taxonomies.find(texts_list);
    std::string text(list == nullptr ? id : list->label(id, offer.language));
    // The choices stand below the offer, a line each.
    if (id == "offer" && list != nullptr)
        for (const char* choice : {"go_on", "wait", "leave_message"})
            text += "\n" + std::string(list->label(choice, offer.language));
    for (auto at = text.find(node_place); at != text.npos; at = text.find(node_place, at))
        text.replace(at, node_place.size(), offer.name);
    return text;
}

}  // namespace sanad::api
