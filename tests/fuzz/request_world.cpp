#include "tests/fuzz/request_world.h"

#include <cassert>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace sanad::fuzz {
namespace {

using schema::api::Request;
using support::Helpline;

constexpr std::chrono::seconds longest_answer{10};

/// What was prepared once: the ids that the seeds name, and the disk.
struct Prepared {
    support::Helplines lines;
    support::MemoryDisk disk;
    Time now;
    std::string waiting, contact, case_id, consent, sent, received, override, attachment;

    Prepared();

private:
    std::string child_writes(Helpline& line);
    void fill_ma();
    void hear_from_tunisia();
};

std::string done(support::Reply reply) {
    if (const auto error = reply.error(); !error.empty()) {
        std::fprintf(stderr, "fuzz: not prepared: %s\n", error.c_str());
        std::abort();
    }
    return reply.id();
}

std::string Prepared::child_writes(Helpline& line) {
    std::string id;
    const auto written = line.node.run([&](store::Draft& draft) -> Result<void> {
        const auto made = line.contacts->submit(
            draft, {"chat", "webchat"},
            support::chat_message("a conversation that waits", "fedcba9876543210", "سلام", "ar"),
            lines.clock.now());
        if (!made) return std::unexpected(made.error());
        id = format(made->contact);
        return {};
    });
    assert(written.has_value());
    return id;
}

void Prepared::fill_ma() {
    Helpline& ma = lines.ma();
    case_id = ma.open_case();
    auto shown = ma.ask("amina", [&](auto request) { request.setCaseShow(to_text(case_id)); });
    contact = from_text((*shown).getCase().getContacts()[0]);
    consent = done(ma.consent(
        case_id, {"age_band", "narrative", "languages", "services_requested", "attachments"},
        {"tn.amal", "legal-aid"}));
    sent = done(refer(ma, {.case_id = case_id, .to = "tn.amal"}));
    lines.settle();
    attachment = done(ma.ask("amina", [&](auto request) {
        auto body = request.initAttachmentAdd();
        body.setReferral(to_text(sent));
        body.setName("letter.txt");
        body.setBytes(to_data(bytes_of("رسالة من المدرسة\n")));
        body.setLast(true);
    }));
    const support::ReferWords words{.case_id = case_id, .to = "tn.amal", .basis = "save_life"};
    override = done(ma.ask("amina", [&](auto request) {
        auto body = request.initOverrideRequest();
        words.fill(body.initRefer());
        auto items = body.initItems(2);
        items.set(0, "narrative");
        items.set(1, "services_requested");
        body.setReason("nobody else can reach her tonight");
        body.setNote("An invented reason that is long enough to be told.");
    }));
    waiting = child_writes(ma);
}

void Prepared::hear_from_tunisia() {
    Helpline& tn = lines.tn();
    const auto theirs = tn.open_case();
    done(tn.consent(theirs, {"age_band", "narrative", "services_requested"}, {"ma.cmrpi"}));
    received = done(refer(tn, {.case_id = theirs, .to = "ma.cmrpi"}));
    lines.settle();
    // What somebody here has accepted is not erased without asking a person.
    done(lines.ma().ask("amina", [&](auto request) {
        auto body = request.initReferralMove();
        body.setReferral(to_text(received));
        body.setMove("accept");
    }));
    lines.settle();
    done(tn.ask("amina", [&](auto request) {
        auto body = request.initErasureRequest();
        body.setReferral(to_text(received));
        body.setReason("consent_withdrawn");
    }));
    lines.settle();
}

Prepared::Prepared() {
    fill_ma();
    hear_from_tunisia();
    now = lines.clock.now();
    lines.lines.clear();
    disk = lines.ma_machine.disk;
}

Prepared& prepared() {
    static Prepared all;
    return all;
}

Bytes request(const std::string& actor, const Helpline::Fill& fill) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<Request>();
    out.setVersion(1);
    out.setActor(to_text(actor));
    fill(out);
    return flatten(builder);
}

}  // namespace

RequestWorld::RequestWorld()
    : around_{clock_,
              entropy_,
              prepared().lines.log,
              prepared().lines.peers,
              prepared().lines.taxonomies,
              prepared().lines.clocks} {
    auto& lines = prepared().lines;
    clock_.wall = prepared().now;
    lines.wire.letters.clear();
    lines.ma_machine.disk = prepared().disk;
    line_ = std::make_unique<Helpline>(lines.ma_machine, around_,
                                       lines.wire.port(lines.ma_machine.id), lines.policies);
    while (line_->node.turn()) {
    }
}

RequestWorld::~RequestWorld() = default;

RequestWorld& RequestWorld::fresh() {
    static std::unique_ptr<RequestWorld> world;
    world.reset();
    world = std::make_unique<RequestWorld>();
    return *world;
}

Bytes RequestWorld::ask(ByteView request, bool waits) {
    struct Box {
        std::mutex mutex;
        std::condition_variable more;
        int count = 0;
        Bytes answer;
    };
    // Shared with an answer that may come after this has returned.
    const auto box = std::make_shared<Box>();
    line_->service->handle(request, [box](Bytes answer) {
        const std::lock_guard lock(box->mutex);
        ++box->count;
        box->answer = std::move(answer);
        box->more.notify_all();
    });
    while (line_->node.turn()) {
    }
    if (waits) {
        clock_.advance(api::Service::feed_wait_max);
        line_->service->tick();
    }
    std::unique_lock lock(box->mutex);
    if (!box->more.wait_for(lock, longest_answer, [&] { return box->count > 0; })) __builtin_trap();
    lock.unlock();
    while (line_->node.turn()) {
    }
    line_->service->tick();
    lock.lock();
    if (box->count != 1) __builtin_trap();
    return box->answer;
}

bool RequestWorld::only_the_audit_changed() {
    const auto& before = prepared().disk;
    const auto& after = prepared().lines.ma_machine.disk;
    if (before.names() != after.names()) return false;
    for (const auto& table : before.names())
        if (!table.starts_with("audit.") && before.rows(table) != after.rows(table)) return false;
    return true;
}

std::vector<Bytes> RequestWorld::requests() {
    const auto& p = prepared();
    std::vector<Bytes> all;
    const auto add = [&](const std::string& actor, const Helpline::Fill& fill) {
        all.push_back(request(actor, fill));
    };
    add("nadia", [](auto to) { to.setNodeStatus(); });
    add("amina", [](auto to) { to.initContactList().setAll(true); });
    add("amina", [&](auto to) { to.setContactShow(to_text(p.contact)); });
    add("karim", [&](auto to) { to.setContactOpen(to_text(p.waiting)); });
    add("amina", [&](auto to) {
        auto body = to.initContactReply();
        body.setContact(to_text(p.contact));
        body.setText("مرحبا، أنا هنا");
    });
    add("amina", [&](auto to) {
        auto body = to.initContactEnd();
        body.setContact(to_text(p.contact));
        body.setReason("ended_by_child");
    });
    add("amina", [](auto to) { to.setCaseList(); });
    add("amina", [&](auto to) { to.setCaseShow(to_text(p.case_id)); });
    add("amina", [&](auto to) {
        auto body = to.initCaseNote();
        body.setCase(to_text(p.case_id));
        body.setText("A calm conversation.");
    });
    add("amina", [&](auto to) {
        auto body = to.initConsentRecord();
        body.setCase(to_text(p.case_id));
        body.setBy("child");
        body.initItems(1).set(0, "narrative");
        body.initRecipients(1).set(0, "tn.amal");
        body.setWords("هل توافق؟");
        body.setLanguage("ar");
        body.setExpires("2027-01-01T00:00:00Z");
    });
    const support::ReferWords words{.case_id = p.case_id, .to = "tn.amal"};
    add("amina", [&](auto to) { words.fill(to.initRefer()); });
    add("amina", [&](auto to) { words.fill(to.initReferPreview()); });
    add("amina", [](auto to) { to.setReferralList(); });
    add("amina", [&](auto to) { to.setReferralShow(to_text(p.received)); });
    add("amina", [&](auto to) {
        auto body = to.initReferralMove();
        body.setReferral(to_text(p.received));
        body.setMove("start");
    });
    add("amina", [&](auto to) { to.initReferralNext().setReferral(to_text(p.sent)); });
    add("amina", [&](auto to) {
        auto body = to.initEscalate();
        body.setCase(to_text(p.case_id));
        body.setPartner("legal-aid");
        body.setSummary("A family that looks for advice.");
        body.setRedactionConfirmed(true);
    });
    add("amina", [&](auto to) { to.setAttachmentList(to_text(p.sent)); });
    add("amina", [&](auto to) {
        auto body = to.initAttachmentRead();
        body.setReferral(to_text(p.sent));
        body.setAttachment(to_text(p.attachment));
    });
    add("amina", [&](auto to) {
        auto body = to.initAttachmentAdd();
        body.setReferral(to_text(p.sent));
        body.setName("note.txt");
        body.setBytes(to_data(bytes_of("Une petite note.\n")));
        body.setLast(true);
    });
    add("salma", [](auto to) {
        auto body = to.initRosterPublish();
        body.initLanguages(1).set(0, "ar");
        body.setZone("Africa/Casablanca");
        body.initHours(1).set(0, "mon-fri 20:00-08:00");
        body.setCapacity(2);
        body.setValidUntil("2027-01-01T00:00:00Z");
    });
    add("amina", [&](auto to) { to.setCoverChoices(to_text(p.contact)); });
    add("amina", [&](auto to) {
        auto body = to.initCoverAnswer();
        body.setContact(to_text(p.contact));
        body.setAnswer("wait");
    });
    add("amina", [](auto to) { to.setClockList(); });
    add("salma", [](auto to) { to.setOverrideList(); });
    add("salma", [&](auto to) {
        auto body = to.initOverrideDecide();
        body.setOverride(to_text(p.override));
        body.setApprove(true);
        body.setReason("she is right");
    });
    add("salma", [&](auto to) {
        auto body = to.initErasureAnswer();
        body.setReferral(to_text(p.received));
        body.setReason("court_order");
        body.setLaw("An order of an invented court");
        body.setUntil("2027-01-01T00:00:00Z");
    });
    add("amina", [&](auto to) { to.initConsentWithdraw().setCase(to_text(p.case_id)); });
    add("salma", [&](auto to) {
        auto body = to.initCaseErase();
        body.setCase(to_text(p.case_id));
        body.setReason("the family asked for it");
    });
    add("salma", [&](auto to) { to.initPassportPiece().setReferral(to_text(p.sent)); });
    add("nadia", [](auto to) { to.setLinkShow("tn.amal"); });
    add("nadia", [](auto to) {
        auto body = to.initLinkFreeze();
        body.setPeer("tn.amal");
        body.setReason("a drill");
    });
    add("nadia", [](auto to) {
        auto body = to.initLinkExport();
        body.setPeer("tn.amal");
        body.setLane("normal");
        body.setUnheard(true);
    });
    add("nadia", [](auto to) {
        auto body = to.initLinkImport();
        body.setFrom("tn.amal");
        body.setTo("ma.cmrpi");
        body.setFrame(to_data(Bytes(64, 1)));
    });
    add("nadia", [](auto to) { to.setAuditVerify(); });
    add("nadia", [](auto to) { to.initAuditExport().setLimit(20); });
    add("nadia", [](auto to) { to.initFeedRead().setLimit(100); });
    add("nadia", [](auto to) {
        auto body = to.initFeedRead();
        body.setAfter(1'000'000);
        body.setLimit(100);
        body.setWaitMs(20'000);
    });
    add("nadia", [](auto to) { to.setDirectoryShow(); });
    add("nadia", [](auto to) {
        auto body = to.initDirectoryOverride();
        body.setAction("ask");
        body.setReason("the stewards meet tomorrow");
        body.setHours(24);
    });
    add("amina", [](auto to) { to.setPolicyShow("ma"); });
    add("nadia", [](auto to) { to.setStoreCompact(); });
    return all;
}

}  // namespace sanad::fuzz
