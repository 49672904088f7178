#include "core/casework/referral_event.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::support {
namespace {

using federation::BodyKind;

const std::vector<std::string> ticked{"age_band", "narrative", "services_requested"};

bool holds(const Bytes& bytes, std::string_view text) {
    return std::ranges::search(bytes, bytes_of(text)).begin() != bytes.end();
}

std::string note_of(Reply& reply) { return from_text((*reply).getDone().getNote()); }

/// A set in which one pack is another text.
federation::PolicySet with_pack(const federation::PolicySet& set, const std::string& text) {
    auto changed = set;
    auto policy = federation::open_policy(text, {}, shipped_taxonomies());
    REQUIRE(policy);
    std::erase_if(changed.packs,
                  [&](const auto& other) { return other.pack.name == policy->pack.name; });
    changed.packs.push_back(std::move(*policy));
    return changed;
}

const std::string tunisia_takes_nothing =
    "sanad-policy/v1\npack tn\nversion 2\nissued 2026-11-24T00:00:00Z\ncovers tn\nabout Invented.\n"
    "reviewed no (not reviewed by a lawyer)\nrule tn-closed\nsays Nothing comes in.\nsource "
    "invented\nforbid receive\nfrom *\n";

struct Audited {
    std::string action, result, reason;
};
std::vector<Audited> audit_of(Helpline& line) {
    std::vector<Audited> all;
    const auto snapshot = line.node.store->snapshot();
    const auto read = line.node.audit->read(
        **snapshot, 0, 10'000, [&](std::uint64_t, const store::AuditEntry& entry) {
            all.push_back({entry.action, entry.result, entry.reason});
            return true;
        });
    REQUIRE(read);
    return all;
}

}  // namespace

TEST_CASE(
    "what both packs allow leaves, and the answer names the rules and that no lawyer read them") {
    Helplines world;
    const auto id = world.ma().open_case();
    REQUIRE(world.ma().consent(id, ticked, {"tn.amal"}).error().empty());
    auto done = refer(world.ma(), {id, "tn.amal"});
    REQUIRE(done.error().empty());
    CHECK(note_of(done) ==
          "allowed by ma v1 ma-transfer-bases, tn v1 tn-receive; not reviewed by a lawyer: ma v1, "
          "tn v1");
    world.settle();
    CHECK(world.tn().node.all_referrals()->size() == 1);
    const auto audit = audit_of(world.ma());
    CHECK(std::ranges::any_of(audit, [](const Audited& entry) {
        return entry.action == "referral.request" &&
               entry.reason.find("ma-transfer-bases") != std::string::npos;
    }));
}

TEST_CASE("purpose or basis not allowed: refused by name, nothing leaves, and it is audited") {
    Helplines world;
    const auto id = world.dz().open_case();
    REQUIRE(world.dz().consent(id, ticked, {"ma.cmrpi"}).error().empty());
    ReferWords words{id, "ma.cmrpi"};
    words.basis = "medical";
    auto refused = refer(world.dz(), words);
    CHECK(refused.error() == "policy_denied");
    CHECK(refused.wrong().find("dz-transfer-bases") != std::string::npos);
    CHECK(refused.wrong().find("not reviewed by a lawyer") != std::string::npos);
    CHECK(refused.mend().find("express_consent") != std::string::npos);
    words.basis = "express_consent";
    words.kind = "offender_signal";
    refused = refer(world.dz(), words);
    CHECK(refused.error() == "policy_denied");
    CHECK(refused.mend().find("referral") != std::string::npos);
    world.settle();
    CHECK(world.dz().node.all_referrals()->empty());
    CHECK(std::ranges::count_if(audit_of(world.dz()), [](const Audited& entry) {
              return entry.action == "referral.request" && entry.result == "policy_denied";
          }) == 2);

    // The other way round is another question.
    const auto ours = world.ma().open_case();
    REQUIRE(world.ma().consent(ours, ticked, {"dz.nida"}).error().empty());
    ReferWords back{ours, "dz.nida"};
    back.basis = "medical";
    CHECK(refer(world.ma(), back).error().empty());
}

TEST_CASE("the receiving country's pack is asked before anything leaves") {
    Helplines world;
    world.policies.replace(with_pack(shipped_policies(), tunisia_takes_nothing));
    const auto id = world.ma().open_case();
    REQUIRE(world.ma().consent(id, ticked, {"tn.amal"}).error().empty());
    auto refused = refer(world.ma(), {id, "tn.amal"});
    CHECK(refused.error() == "policy_denied");
    CHECK(refused.wrong().find("tn-closed") != std::string::npos);
}

TEST_CASE(
    "what our own pack refuses on receipt is kept, refused by name, and does not stop the link") {
    Helplines world;
    const auto id = world.ma().open_case();
    REQUIRE(world.ma().consent(id, ticked, {"tn.amal"}).error().empty());
    REQUIRE(refer(world.ma(), {id, "tn.amal"}).error().empty());
    // Tunisia changes its pack while the referral is under way.
    world.policies.replace(with_pack(shipped_policies(), tunisia_takes_nothing));
    world.settle();
    CHECK(world.tn().node.all_referrals()->empty());
    CHECK(world.refusal_of(world.tn(), world.ma_machine.id) == "policy");
    world.policies.replace(shipped_policies());
    REQUIRE(refer(world.ma(), {id, "tn.amal"}).error().empty());
    world.settle();
    CHECK(world.tn().node.all_referrals()->size() == 1);
}

TEST_CASE(
    "a request whose consent names somebody else, or less than it tells, is refused on receipt") {
    Helplines world;
    auto request = sample_request("AB-1", world.tn_machine.id, casework::Urgency::u2);
    request.consent.recipients = {"dz.nida"};
    REQUIRE(world.ma().node.request(world.tn_machine.id, request));
    world.settle();
    CHECK(world.tn().node.all_referrals()->empty());
    CHECK(world.refusal_of(world.tn(), world.ma_machine.id) == "consent");

    request.consent.recipients = {"tn.amal"};
    auto untold = request;
    untold.consent.items.erase(casework::Item::narrative);
    const auto refused = world.ma().node.request(world.tn_machine.id, untold);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == "narrative");
    REQUIRE(world.ma().node.request(world.tn_machine.id, request));
    world.settle();
    CHECK(world.tn().node.all_referrals()->size() == 1);
}

TEST_CASE("no consent: nothing leaves") {
    Helplines world;
    const auto id = world.ma().open_case();
    CHECK(refer(world.ma(), {id, "tn.amal"}).error() == "consent_missing");
    REQUIRE(world.ma().consent(id, {"age_band"}, {"tn.amal"}).error().empty());
    CHECK(refer(world.ma(), {id, "tn.amal"}).error() == "narrative");
    world.settle();
    CHECK(world.tn().node.all_referrals()->empty());
}

TEST_CASE("onward referral without consent: a consent for one helpline is none for the next") {
    Helplines world;
    const auto id = world.ma().open_case();
    REQUIRE(world.ma().consent(id, ticked, {"tn.amal"}).error().empty());
    CHECK(refer(world.ma(), {id, "dz.nida"}).error() == "recipient");
    world.settle();
    CHECK(world.dz().node.all_referrals()->empty());
}

TEST_CASE(
    "only ticked fields exist in the body before it is sealed, and the preview shows exactly "
    "them") {
    Helplines world;
    const auto id = world.ma().open_case();
    REQUIRE(
        world.ma().consent(id, {"narrative", "services_requested"}, {"tn.amal"}).error().empty());
    const ReferWords words{id, "tn.amal"};
    auto shown =
        world.ma().ask("amina", [&](auto request) { words.fill(request.initReferPreview()); });
    REQUIRE(shown.error().empty());
    const auto preview = (*shown).getPreview();
    std::set<std::string> names;
    for (const auto field : preview.getRequest().getFields())
        names.insert(from_text(field.getName()));
    CHECK(names.contains("narrative"));
    for (const auto* absent : {"age_band", "gender", "languages", "reasons", "location_country"})
        CHECK_FALSE(names.contains(absent));
    CHECK(preview.getWithheld().size() == casework::item_count - 2);
    CHECK(preview.getConsentHash().size() == 64);
    world.settle();
    CHECK(world.ma().node.all_referrals()->empty());

    REQUIRE(refer(world.ma(), words).error().empty());
    const auto body = world.newest(world.ma(), world.tn_machine.id, BodyKind::referral);
    CHECK(body.size() == preview.getBodyBytes());
    CHECK(holds(body, words.narrative));
    CHECK(holds(body, "psychosocial"));
    // What the case file holds, and nobody ticked.
    for (const auto* untold : {"10-12", "girl", "VI.bullying", "amina"}) {
        INFO(untold);
        CHECK_FALSE(holds(body, untold));
    }
    const auto message = casework::read_referral_message(body, world.taxonomies);
    REQUIRE(message);
    CHECK(casework::items_in(*message->request) ==
          std::set<casework::Item>{casework::Item::narrative, casework::Item::services_requested});
}

namespace {

Reply ask_override(Helpline& line, const ReferWords& words, const std::string& actor,
                   const std::string& note) {
    return line.ask(actor, [&](auto request) {
        auto body = request.initOverrideRequest();
        words.fill(body.initRefer());
        auto items = body.initItems(2);
        items.set(0, "narrative");
        items.set(1, "services_requested");
        body.setReason("The child is not safe tonight");
        body.setNote(to_text(note));
    });
}

Reply decide(Helpline& line, const std::string& id, const std::string& actor, bool approve) {
    return line.ask(actor, [&](auto request) {
        auto body = request.initOverrideDecide();
        body.setOverride(to_text(id));
        body.setApprove(approve);
    });
}

const std::string why =
    "She told us where she is and asked nobody to come; we think she needs help.";

}  // namespace

TEST_CASE(
    "override without approver: nothing leaves before a second person, a supervisor, decides") {
    Helplines world;
    const auto id = world.ma().open_case();
    ReferWords words{id, "tn.amal"};
    CHECK(ask_override(world.ma(), words, "amina", why).error() == "basis_is_consent");
    words.basis = "save_life";
    CHECK(ask_override(world.ma(), words, "amina", "short").error() == "note_missing");
    auto asked = ask_override(world.ma(), words, "amina", why);
    REQUIRE(asked.error().empty());
    const auto pending = asked.id();
    world.settle();
    CHECK(world.ma().node.all_referrals()->empty());
    CHECK(decide(world.ma(), pending, "amina", true).error() == "role_missing");
    CHECK(decide(world.ma(), pending, "karim", true).error() == "role_missing");
    CHECK(world.ma().node.all_referrals()->empty());

    REQUIRE(decide(world.ma(), pending, "salma", true).error().empty());
    world.settle();
    REQUIRE(world.tn().node.all_referrals()->size() == 1);
    const auto body = world.newest(world.ma(), world.tn_machine.id, BodyKind::referral);
    const auto message = casework::read_referral_message(body, world.taxonomies);
    REQUIRE(message);
    CHECK(message->request->consent.by == casework::ConsentBy::none_best_interest);
    CHECK_FALSE(holds(body, why));  // why we broke confidentiality is ours to know
    CHECK(decide(world.ma(), pending, "salma", true).error() == "already_ended");
}

TEST_CASE("who asks for an override cannot approve it, even as a supervisor") {
    Helplines world;
    ReferWords words{world.ma().open_case(), "tn.amal"};
    words.basis = "save_life";
    auto asked = ask_override(world.ma(), words, "salma", why);
    REQUIRE(asked.error().empty());
    CHECK(decide(world.ma(), asked.id(), "salma", true).error() == "second_person");
    CHECK(world.ma().node.all_referrals()->empty());
}

TEST_CASE(
    "supervisors read why confidentiality was broken, counsellors do not, and it is audited") {
    Helplines world;
    ReferWords words{world.ma().open_case(), "tn.amal"};
    words.basis = "save_life";
    const auto id = ask_override(world.ma(), words, "amina", why).id();
    const auto show = [&](const char* actor) {
        return world.ma().ask(actor, [&](auto request) { request.setOverrideShow(to_text(id)); });
    };
    CHECK(show("amina").error() == "role_missing");
    auto shown = show("salma");
    REQUIRE(shown.error().empty());
    CHECK(from_text((*shown).getOverride().getNote()) == why);
    const auto audit = audit_of(world.ma());
    for (const auto* action : {"override.request", "override.show"})
        CHECK(std::ranges::count(audit, action, &Audited::action) >= 1);
    for (const auto& entry : audit) CHECK(entry.reason.find(why) == std::string::npos);
}

}  // namespace sanad::support
