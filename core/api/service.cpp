#include "core/api/service.h"

#include "core/api/error_reply.h"
#include "core/api/service_call.h"
#include "core/base/message.h"

#include <algorithm>

namespace sanad::api {

using schema::api::Request;

namespace {

constexpr std::uint16_t api_version = 1;

}  // namespace

// A member of the union that is not in this table is refused: there is no default that allows.
const Service::Rule* Service::find_rule(Request::Which which) {
    using enum Role;
    using enum Serve;
    static constexpr auto everybody = {volunteer,    counsellor, supervisor, flagger,
                                       data_officer, admin,      auditor};
    static const Rule rules[] = {
        {Request::NODE_STATUS, read, everybody, "node.status", &Service::node_status},
        {Request::CONTACT_LIST, read, {volunteer}, "contact.list", &Service::contact_list},
        {Request::CONTACT_SHOW, audited, {volunteer}, "contact.show", &Service::contact_show},
        {Request::CONTACT_OPEN, audited, {volunteer}, "contact.open", &Service::contact_open},
        {Request::CONTACT_REPLY, audited, {volunteer}, "contact.reply", &Service::contact_reply},
        {Request::CONTACT_END, audited, {volunteer}, "contact.end", &Service::contact_end},
        {Request::QUEUE_SHOW, read, {volunteer}, "queue.show", &Service::queue_show},
        {Request::QUEUE_WATCH, read, {volunteer}, "queue.watch", &Service::queue_watch},
        {Request::CONTACT_READ, audited, {volunteer}, "contact.read", &Service::contact_read},
        {Request::CONTACT_RELEASE,
         audited,
         {volunteer},
         "contact.release",
         &Service::contact_release},
        {Request::CONTACT_URGENCY,
         audited,
         {volunteer},
         "contact.urgency",
         &Service::contact_urgency},
        {Request::CONTACT_DRAFT, audited, {volunteer}, "contact.draft", &Service::contact_draft},
        {Request::CONTACT_TRANSFER,
         audited,
         {volunteer},
         "contact.transfer",
         &Service::contact_transfer},
        {Request::CONTACT_CALL, audited, {volunteer}, "contact.call", &Service::contact_call},
        {Request::CALL_CONTROL, audited, {volunteer}, "call.control", &Service::call_control},
        {Request::CONTACT_FILE_READ,
         audited,
         {volunteer},
         "contact.file_read",
         &Service::contact_file_read},
        {Request::PHONE_LIST, read, {volunteer}, "phone.list", &Service::phone_list},
        {Request::PHONE_ADD, audited, {volunteer}, "phone.add", &Service::phone_add},
        {Request::PHONE_REMOVE, audited, {volunteer}, "phone.remove", &Service::phone_remove},
        {Request::PHONE_READY, audited, {volunteer}, "phone.ready", &Service::phone_ready},
        {Request::PHONE_BOARD, read, {supervisor}, "phone.board", &Service::phone_board},
        {Request::CONTACT_NOTE, audited, {volunteer}, "contact.note", &Service::contact_note},
        {Request::CONTACT_JOIN, audited, {supervisor}, "contact.join", &Service::contact_join},
        {Request::HANDOVER_SHOW, read, {supervisor}, "handover.show", &Service::handover_show},
        {Request::EXPOSURE_SHOW, read, {volunteer}, "exposure.show", &Service::exposure_show},
        {Request::EXPOSURE_MARK, audited, {volunteer}, "exposure.mark", &Service::exposure_mark},
        {Request::SAMPLE_DRAW, audited, {supervisor}, "sample.draw", &Service::sample_draw},
        {Request::SAMPLE_LIST, read, {volunteer}, "sample.list", &Service::sample_list},
        {Request::SAMPLE_JUDGE, audited, {supervisor}, "sample.judge", &Service::sample_judge},
        {Request::STAFF_LIST, read, {volunteer}, "staff.list", &Service::staff_list},
        {Request::TAXONOMY_SHOW, read, everybody, "taxonomy.show", &Service::taxonomy_show},
        {Request::CASE_CHANGE, audited, {counsellor}, "case.change", &Service::case_change},
        {Request::FORM_SHOW, read, {counsellor, admin}, "form.show", &Service::form_show},
        {Request::CASE_ANSWER, audited, {counsellor}, "case.answer", &Service::case_answer},
        {Request::FORM_TRY, read, {supervisor, admin}, "form.try", &Service::form_try},
        {Request::FORM_INSTALL, audited, {admin}, "form.install", &Service::form_install},
        {Request::HINT_JUDGE, audited, {volunteer}, "hint.judge", &Service::hint_judge},
        {Request::SEARCH, lengthy, {counsellor}, "search", &Service::search},
        {Request::CASE_LIST, read, {counsellor}, "case.list", &Service::case_list},
        {Request::CASE_SHOW, audited, {counsellor}, "case.show", &Service::case_show},
        {Request::CASE_OPEN, audited, {counsellor}, "case.open", &Service::case_open},
        {Request::CASE_SHARE, audited, {counsellor}, "case.share", &Service::case_share},
        {.which = Request::GLASS_BREAK,
         .serve = audited,
         .roles = {counsellor},
         .action = "case.break_glass",
         .handler = &Service::glass_break,
         .factor = Factor::fresh},
        {Request::GLASS_LIST,
         audited,
         {supervisor, data_officer, auditor},
         "case.glasses",
         &Service::glass_list},
        {Request::PARTNER_LIST, read, {counsellor}, "partner.list", &Service::partner_list},
        {Request::CASE_NOTE, audited, {counsellor}, "case.note", &Service::case_note},
        {Request::CASE_CLOSE, audited, {counsellor}, "case.close", &Service::case_close},
        {Request::CONSENT_RECORD,
         audited,
         {counsellor},
         "consent.record",
         &Service::consent_record},
        {Request::STATISTICS_SHOW,
         read,
         {supervisor, data_officer},
         "statistics.show",
         &Service::statistics_show},
        {Request::STATISTICS_EXPORT,
         audited,
         {supervisor, data_officer},
         "statistics.export",
         &Service::statistics_export},
        {Request::REFERRAL_LIST, read, {counsellor}, "referral.list", &Service::referral_list},
        {Request::REFERRAL_SHOW, audited, {counsellor}, "referral.show", &Service::referral_show},
        {Request::REFER, audited, {counsellor}, "referral.request", &Service::refer},
        {Request::REFERRAL_MOVE, audited, {counsellor}, "referral.move", &Service::referral_move},
        {Request::ATTACHMENT_LIST,
         read,
         {counsellor},
         "attachment.list",
         &Service::attachment_list},
        {Request::ATTACHMENT_READ,
         audited,
         {counsellor},
         "attachment.read",
         &Service::attachment_read},
        {Request::ATTACHMENT_ADD,
         audited,
         {counsellor},
         "attachment.add",
         &Service::attachment_add},
        {Request::ROSTER_PUBLISH,
         audited,
         {supervisor, admin},
         "roster.publish",
         &Service::roster_publish},
        {Request::ROSTER_LIST, read, {volunteer}, "roster.list", &Service::roster_list},
        {Request::COVER_CHOICES, read, {volunteer}, "cover.choices", &Service::cover_choices},
        {Request::COVER_OFFER, audited, {volunteer}, "cover.offer", &Service::cover_offer},
        {Request::COVER_ANSWER, audited, {volunteer}, "cover.answer", &Service::cover_answer},
        {Request::CLOCK_LIST, read, {counsellor}, "clock.list", &Service::clock_list},
        {Request::REFERRAL_NEXT, audited, {counsellor}, "referral.next", &Service::referral_next},
        {Request::ESCALATION_LIST,
         read,
         {counsellor},
         "escalation.list",
         &Service::escalation_list},
        {Request::ESCALATION_SHOW,
         audited,
         {counsellor},
         "escalation.show",
         &Service::escalation_show},
        {Request::ESCALATE, audited, {counsellor}, "escalation.raise", &Service::escalate},
        {Request::LINK_LIST, read, {supervisor, admin}, "link.list", &Service::link_list},
        {Request::LINK_SHOW, read, {supervisor, admin, auditor}, "link.show", &Service::link_show},
        {Request::LINK_FREEZE, audited, {admin}, "link.freeze", &Service::link_freeze},
        {Request::LINK_RESUME, audited, {admin}, "link.resume", &Service::link_resume},
        {Request::LINK_RETRY, by_links, {admin}, "link.retry", nullptr, &Service::link_retry},
        {Request::LINK_RECOVER, by_links, {admin}, "link.recover", nullptr, &Service::link_recover},
        {Request::LINK_EXPORT, by_links, {admin}, "link.export", nullptr, &Service::link_export},
        {Request::LINK_IMPORT, by_links, {admin}, "link.import", nullptr, &Service::link_import},
        {Request::AUDIT_VERIFY, lengthy, {auditor}, "audit.verify", &Service::audit_verify},
        {Request::AUDIT_EXPORT, read, {auditor}, "audit.export", &Service::audit_export},
        {Request::FEED_READ, read, everybody, "feed.read", &Service::feed_read},
        {Request::AUDIT_WITNESS, read, {auditor, admin}, "audit.witness", &Service::audit_witness},
        {Request::AUDIT_ALARMS,
         read,
         {auditor, admin, supervisor},
         "audit.alarms",
         &Service::audit_alarms},
        {Request::AUDIT_ACKNOWLEDGE,
         audited,
         {auditor},
         "audit.acknowledge",
         &Service::audit_acknowledge},
        {Request::PASSPORT_PIECE,
         lengthy,
         {supervisor},
         "passport.export",
         &Service::passport_piece},
        {Request::DIRECTORY_INSTALL,
         audited,
         {admin},
         "directory.install",
         &Service::directory_install},
        {Request::DIRECTORY_SHOW, read, everybody, "directory.show", &Service::directory_show},
        {Request::DIRECTORY_ALARM,
         read,
         {supervisor, admin, auditor},
         "directory.alarm",
         &Service::directory_alarm},
        {Request::DIRECTORY_OVERRIDE,
         audited,
         {supervisor, admin},
         "directory.override",
         &Service::directory_override},
        {Request::POLICY_LIST, read, everybody, "policy.list", &Service::policy_list},
        {Request::POLICY_SHOW, read, everybody, "policy.show", &Service::policy_show},
        {Request::POLICY_INSTALL, audited, {admin}, "policy.install", &Service::policy_install},
        {Request::POLICY_RELOAD, audited, {admin}, "policy.reload", &Service::policy_reload},
        {Request::REFER_PREVIEW,
         audited,
         {counsellor},
         "referral.preview",
         &Service::refer_preview},
        {Request::OVERRIDE_REQUEST,
         audited,
         {counsellor},
         "override.request",
         &Service::override_request},
        {Request::OVERRIDE_LIST, read, {supervisor}, "override.list", &Service::override_list},
        {Request::OVERRIDE_SHOW, audited, {supervisor}, "override.show", &Service::override_show},
        {.which = Request::OVERRIDE_DECIDE,
         .serve = audited,
         .roles = {supervisor},
         .action = "override.decide",
         .handler = &Service::override_decide,
         .factor = Factor::fresh},
        {Request::CONSENT_WITHDRAW,
         audited,
         {counsellor},
         "consent.withdraw",
         &Service::consent_withdraw},
        {Request::ERASURE_LIST, read, {counsellor}, "erasure.list", &Service::erasure_list},
        {Request::ERASURE_REQUEST,
         audited,
         {counsellor},
         "erasure.request",
         &Service::erasure_request},
        {.which = Request::ERASURE_ANSWER,
         .serve = audited,
         .roles = {supervisor},
         .action = "erasure.answer",
         .handler = &Service::erasure_answer,
         .factor = Factor::fresh},
        {.which = Request::CASE_ERASE,
         .serve = audited,
         .roles = {supervisor, data_officer},
         .action = "case.erase",
         .handler = &Service::case_erase,
         .factor = Factor::fresh},
        {Request::BACKUP_MAKE, audited, {admin}, "backup.make", &Service::backup_make},
        {Request::BACKUP_LIST, read, {admin}, "backup.list", &Service::backup_list},
        {Request::STORE_COMPACT, audited, {admin}, "store.compact", &Service::store_compact},
        {Request::PLUGIN_LIST, read, {supervisor, admin}, "plugin.list", &Service::plugin_list},
        {Request::PLUGIN_MOVE, audited, {supervisor, admin}, "plugin.move", &Service::plugin_move},
        {Request::PLUGIN_CHANGE,
         by_plugins,
         {supervisor, admin},
         "plugin.change",
         nullptr,
         nullptr,
         &Service::plugin_change},
        {.which = Request::SIGN_IN_START,
         .serve = read,
         .roles = nobody,
         .action = "session.start",
         .handler = &Service::sign_in_start},
        {.which = Request::SIGN_IN_FINISH,
         .serve = by_person,
         .roles = nobody,
         .action = "session.begin",
         .by_person = &Service::sign_in_finish},
        {.which = Request::ENROL_START,
         .serve = by_person,
         .roles = nobody,
         .action = "account.enrol_start",
         .by_person = &Service::enrol_start},
        {.which = Request::ENROL_FINISH,
         .serve = by_person,
         .roles = nobody,
         .action = "account.enrol",
         .by_person = &Service::enrol_finish},
        {.which = Request::SESSION_SHOW,
         .serve = read,
         .roles = everybody,
         .action = "session.show",
         .handler = &Service::session_show,
         .from = From::desk},
        {.which = Request::SESSION_END,
         .serve = audited,
         .roles = everybody,
         .action = "session.end",
         .handler = &Service::session_end,
         .from = From::desk},
        {.which = Request::SESSION_CONFIRM,
         .serve = by_person,
         .roles = everybody,
         .action = "session.confirm",
         .by_person = &Service::sign_in_finish,
         .from = From::desk},
        {Request::ACCOUNT_LIST, read, {supervisor, admin}, "account.list", &Service::account_list},
        {.which = Request::ACCOUNT_INVITE,
         .serve = audited,
         .roles = {admin},
         .action = "account.invite",
         .handler = &Service::account_invite,
         .factor = Factor::fresh},
        {.which = Request::ACCOUNT_CHANGE,
         .serve = audited,
         .roles = {admin},
         .action = "account.change",
         .handler = &Service::account_change,
         .factor = Factor::fresh},
    };
    const auto found = std::ranges::find(rules, which, &Rule::which);
    return found == std::end(rules) ? nullptr : &*found;
}

Service::Service(Parts parts)
    : parts_(std::move(parts)),
      sign_in_({parts_.self, parts_.sign_in, parts_.store, parts_.accounts, parts_.clock,
                parts_.entropy}),
      lengthy_thread_([this](const std::stop_token& stop) { run_lengthy(stop); }) {
    parts_.accounts.fix(parts_.staff);
    parts_.feed.subscribe([this](const std::vector<store::Event>&) {
        uploads_.end_judged();
        std::list<std::shared_ptr<Call>> readers;
        {
            const std::lock_guard lock(mutex_);
            readers.swap(waiting_);
        }
        for (const auto& call : readers) serve_reader(call);
    });
}

Service::~Service() = default;

void Service::handle(ByteView request, Door::Answer answer) {
    auto call = std::make_shared<Call>();  // of this thread, and of the engine's
    call->answer = std::move(answer);
    take(call, request);
}

void Service::take(const std::shared_ptr<Call>& call, ByteView request) {
    if (const auto begun = begin(call, request); !begun) return call->finish(begun);
    if (is_file_further_on(*call)) return serve_now(call);
    if (call->rule->serve == Serve::audited) return serve_in_engine(call);
    if (call->rule->serve == Serve::lengthy) return serve_at_length(call);
    if (call->rule->serve == Serve::by_links) return serve_by_links(call);
    if (call->rule->serve == Serve::by_plugins) return serve_by_plugins(call);
    if (call->rule->serve == Serve::by_person) return serve_by_person(call);
    if (call->rule->which == Request::FEED_READ && wait_for_feed(call)) return;
    serve_now(call);
}

// A later part of a file that was opened, with an entry, a moment ago: contact_file_read sees to
// it.
bool Service::is_file_further_on(Call& call) {
    if (call.rule->which != Request::CONTACT_FILE_READ) return false;
    try {
        return call.request().getContactFileRead().getPart() > 0;
    } catch (const kj::Exception&) {
        return false;  // it is said where it is served
    }
}

Result<void> Service::begin(const std::shared_ptr<Call>& call, ByteView request) {
    auto words = align(request, door_message_bytes_max);
    if (!words) return std::unexpected(words.error());
    call->words = std::move(*words);
    try {
        // A command runs again after a conflict, so its request may be visited more than once.
        const capnp::ReaderOptions limits{.traversalLimitInWords = 64 * (call->words.size() + 8),
                                          .nestingLimit = message_nesting_max};
        call->reader.emplace(call->words, limits);
        const auto in = call->request();
        if (in.getVersion() != api_version) return fail(Fault::unsupported, "version");
        call->actor.name = from_text(in.getActor());
        call->rule = find_rule(in.which());
    } catch (const kj::Exception& exception) {
        return malformed(exception);
    }
    if (call->rule == nullptr) return fail(Fault::unsupported, "request");
    return call->desk ? admit_at_desk(*call) : admit_at_socket(*call);
}

}  // namespace sanad::api
