#pragma once

#include "core/api/access.h"
#include "core/api/accounts.h"
#include "core/api/board.h"
#include "core/api/break_glass.h"
#include "core/api/cases.h"
#include "core/api/contact_files.h"
#include "core/api/contacts.h"
#include "core/api/cover.h"
#include "core/api/desk_door.h"
#include "core/api/door.h"
#include "core/api/escalations.h"
#include "core/api/exposures.h"
#include "core/api/file_readers.h"
#include "core/api/hints.h"
#include "core/api/node_control.h"
#include "core/api/overrides.h"
#include "core/api/samples.h"
#include "core/api/search_indexer.h"
#include "core/api/sessions.h"
#include "core/api/sign_in.h"
#include "core/api/statistics.h"
#include "core/api/switchboard.h"
#include "core/api/uploads.h"
#include "core/casework/search_words.h"
#include "core/federation/attachments.h"
#include "core/federation/audit_witness.h"
#include "core/federation/directory_book.h"
#include "core/federation/erasures.h"
#include "core/federation/links.h"
#include "core/federation/policies.h"
#include "core/federation/referrals.h"
#include "core/store/audit.h"
#include "core/store/outbox.h"
#include "schemas/api.capnp.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace sanad::api {

/// A partner of the configuration: an organisation that takes escalations.
struct Partner {
    std::string id;
    std::string instance;                     // the plugin instance that reaches it
    std::map<std::string, std::string> name;  // by language
};

/// The one door: every command and query of schemas/api.capnp. Roles are checked here and nowhere
/// else. A command is answered after its commit; what shows what was written is audited first.
/// Through the local socket a request says who asks; at a desk their session does.
class Service final : public Door, public DeskDoor {
public:
    static constexpr std::uint32_t list_items_max = 500;
    static constexpr std::size_t waiting_readers_max = 256;
    static constexpr std::size_t lengthy_calls_max = 64;
    static constexpr Duration feed_wait_max{30'000};
    static constexpr std::size_t passport_piece_bytes = 512 * 1024;

    /// All of it outlives the service.
    struct Parts {
        NodeId self;
        std::string country;
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        store::Feed& feed;
        store::Outbox& outbox;
        Contacts& contacts;
        ContactFiles& files;
        Hints& hints;
        Board& board;
        store::SearchIndex& search;
        Cases& cases;
        Statistics& statistics;
        Escalations& escalations;
        Overrides& overrides;
        BreakGlass& break_glass;
        Exposures& exposures;
        Samples& samples;
        Accounts& accounts;
        Phones& phones;
        Switchboard& switchboard;
        Sessions& sessions;
        federation::Referrals& referrals;
        federation::Attachments& attachments;
        federation::LinkFreezes& freezes;
        federation::Rosters& rosters;
        Cover& cover;
        federation::Erasures& erasures;
        federation::Peers& peers;
        federation::AuditWitness& witness;
        federation::DirectoryBook& directories;
        const federation::Policies& policies;
        const casework::Taxonomies& taxonomies;
        const casework::Clocks& clocks;
        const trust::SigningKey& signing;
        const Clock& clock;
        Entropy& entropy;
        Counters& counters;
        NodeControl& node;
        Staff staff;
        std::vector<Partner> partners;
        SignInPlace sign_in{};
        std::string phone_server{};  // where telephones of the staff register; for people
    };

    explicit Service(Parts parts);
    ~Service() override;  // waits for what is being read at length

    void handle(ByteView request, Door::Answer answer) override;
    void ask(ByteView session, ByteView request, DeskDoor::Answer answer) override;
    bool is_signed_in(ByteView session) override;

    /// What must have confirmed who they are within so long, at a desk, for what cannot be undone.
    static constexpr Duration confirmed_within = std::chrono::minutes(5);

    /// Answers readers of the feed that have waited long enough, and ends sessions that are over;
    /// about each 200 ms. threads  any
    void tick();

    /// Where a request is served: `draft` is there for commands and audited reads.
    struct Context {
        store::Snapshot& from;
        store::Draft* draft;
        const Actor& actor;
        Time now;
        std::array<std::uint8_t, 16> subject{};  // for the audit
        std::string reason{};                    // for the audit

        /// The id that `name` stands for, and from now on the subject. errors  malformed
        template <typename AnyId>
        Result<AnyId> about(const std::string& name) {
            const auto id = parse_id<AnyId>(name);
            if (id) subject = id->bytes;
            return id;
        }
    };
    using In = schema::api::Request::Reader;
    using Out = schema::api::Reply::Builder;
    using Handler = Result<void> (Service::*)(Context&, In, Out);
    /// Answers a request that another thread serves: an error, or what fills the reply.
    using Settle = std::function<void(const Result<void>&, const std::function<void(Out)>&)>;
    using LinkHandler = void (Service::*)(federation::Links&, In, const Settle&);
    using PluginHandler = void (Service::*)(In, const Settle&);

private:
    struct Call;
    struct Rule;
    struct DeskSide;
    using PersonHandler = void (Service::*)(const std::shared_ptr<Call>&);
    static const Rule* find_rule(schema::api::Request::Which which);

    void take(const std::shared_ptr<Call>& call, ByteView request);
    Result<void> begin(const std::shared_ptr<Call>& call, ByteView request);
    Result<void> admit_at_socket(Call& call);
    Result<void> admit_at_desk(Call& call);
    void tidy_sessions();
    static bool is_file_further_on(Call& call);
    void serve_now(const std::shared_ptr<Call>& call);
    void serve_in_engine(const std::shared_ptr<Call>& call);
    void serve_at_length(const std::shared_ptr<Call>& call);
    void serve_by_links(const std::shared_ptr<Call>& call);
    void serve_by_plugins(const std::shared_ptr<Call>& call);
    void serve_by_person(const std::shared_ptr<Call>& call);
    void audit_first(const std::shared_ptr<Call>& call, const std::function<void()>& then);
    static Settle settle(const std::shared_ptr<Call>& call);
    void run_lengthy(const std::stop_token& stop);
    void audit(store::Draft& draft, const Call& call, const Context& context);
    void record_refusal(const Call& call, const Error& error);
    /// An entry of what did not happen, in the next transaction.
    void record_later(store::AuditEntry entry);
    void serve_reader(const std::shared_ptr<Call>& call);
    bool wait_for_feed(const std::shared_ptr<Call>& call);
    Result<void> read_feed(store::Snapshot& from, In request, Out reply);

    Result<void> sign_in_start(Context& context, In request, Out reply);
    void sign_in_finish(const std::shared_ptr<Call>& call);
    void enrol_start(const std::shared_ptr<Call>& call);
    void enrol_finish(const std::shared_ptr<Call>& call);
    Result<void> session_show(Context& context, In request, Out reply);
    Result<void> session_end(Context& context, In request, Out reply);
    void judge_sign_in(const std::shared_ptr<Call>& call, const SignIn::Judged& judged);
    void refuse_sign_in(const std::shared_ptr<Call>& call, const SignIn::Refused& refused);
    /// Runs `change` on the account, begins or renews its session, and answers with it.
    using ChangeAccount = std::function<Result<void>(Account&, Time now)>;
    void open_session(const std::shared_ptr<Call>& call, const std::string& name, SignedInBy by,
                      const ChangeAccount& change);
    /// Whose invitation an enrolment is of, and the hash of its code.
    struct Invited {
        std::string name;
        trust::Digest code;
    };
    void enrol_passkey(const std::shared_ptr<Call>& call, const SignIn::Enrolment& enrolment,
                       schema::api::PasskeyAttestation::Reader in);
    void complete_enrolment(const std::shared_ptr<Call>& call, const Invited& invited,
                            SignedInBy by, ChangeAccount add);
    void fill_session(schema::api::SessionView::Builder out, const Account& account,
                      const Session& session) const;
    Result<void> account_list(Context& context, In request, Out reply);
    Result<void> account_invite(Context& context, In request, Out reply);
    Result<void> account_change(Context& context, In request, Out reply);

    Result<void> node_status(Context& context, In request, Out reply);
    Result<void> backup_make(Context& context, In request, Out reply);
    Result<void> backup_list(Context& context, In request, Out reply);
    Result<void> link_list(Context& context, In request, Out reply);
    Result<NodeId> link_peer(const std::string& name) const;
    Result<void> link_show(Context& context, In request, Out reply);
    Result<void> link_freeze(Context& context, In request, Out reply);
    Result<void> link_resume(Context& context, In request, Out reply);
    void link_retry(federation::Links& links, In request, const Settle& settle);
    void link_recover(federation::Links& links, In request, const Settle& settle);
    void link_export(federation::Links& links, In request, const Settle& settle);
    void link_import(federation::Links& links, In request, const Settle& settle);
    Result<void> directory_install(Context& context, In request, Out reply);
    Result<void> directory_show(Context& context, In request, Out reply);
    Result<void> directory_alarm(Context& context, In request, Out reply);
    Result<void> directory_override(Context& context, In request, Out reply);
    Result<void> audit_verify(Context& context, In request, Out reply);
    Result<void> audit_export(Context& context, In request, Out reply);
    Result<void> feed_read(Context& context, In request, Out reply);
    /// How the audit log is, as `status` shows it.
    Result<void> tell_audit(Context& context, schema::api::NodeStatus::Builder status);
    Result<void> audit_witness(Context& context, In request, Out reply);
    Result<void> audit_alarms(Context& context, In request, Out reply);
    Result<void> audit_acknowledge(Context& context, In request, Out reply);
    Result<void> passport_piece(Context& context, In request, Out reply);

    Result<void> contact_list(Context& context, In request, Out reply);
    Result<void> contact_show(Context& context, In request, Out reply);
    Result<void> contact_open(Context& context, In request, Out reply);
    Result<void> contact_reply(Context& context, In request, Out reply);
    Result<void> contact_end(Context& context, In request, Out reply);
    Result<void> hint_judge(Context& context, In request, Out reply);
    Result<void> search(Context& context, In request, Out reply);
    struct FoundText;
    Result<std::optional<FoundText>> found_text(Context& context,
                                                const store::SearchIndex::Thing& thing,
                                                const casework::SearchQuery& query);

    // The desk (service_desk.cpp).
    Result<void> queue_show(Context& context, In request, Out reply);
    Result<void> queue_watch(Context& context, In request, Out reply);
    Result<void> contact_read(Context& context, In request, Out reply);
    Result<void> contact_release(Context& context, In request, Out reply);
    Result<void> contact_urgency(Context& context, In request, Out reply);
    Result<void> contact_draft(Context& context, In request, Out reply);
    Result<void> contact_transfer(Context& context, In request, Out reply);
    Result<void> contact_join(Context& context, In request, Out reply);
    // What a shift needs (service_shift.cpp, service_handover.cpp, service_samples.cpp).
    Result<void> handover_show(Context& context, In request, Out reply);
    Result<void> hand_over_contacts(Context& context, Time from,
                                    schema::api::HandoverView::Builder out);
    /// What of the node is red, as codes, each with what it is about behind a space.
    Result<std::vector<std::string>> health_codes(Context& context);
    Result<void> exposure_show(Context& context, In request, Out reply);
    Result<void> exposure_mark(Context& context, In request, Out reply);
    Result<void> sample_draw(Context& context, In request, Out reply);
    Result<void> sample_list(Context& context, In request, Out reply);
    Result<void> sample_judge(Context& context, In request, Out reply);
    /// errors  denied: exposure_over, but where it is U0: then the supervisors are told
    Result<void> may_be_given(Context& context, const casework::Contact& contact,
                              const std::string& who);
    Result<void> form_show(Context& context, In request, Out reply);
    Result<void> case_answer(Context& context, In request, Out reply);
    Result<void> form_try(Context& context, In request, Out reply);
    Result<void> form_install(Context& context, In request, Out reply);
    Result<void> contact_note(Context& context, In request, Out reply);
    Result<void> staff_list(Context& context, In request, Out reply);
    Result<void> taxonomy_show(Context& context, In request, Out reply);
    Result<void> case_change(Context& context, In request, Out reply);
    // Whose a case and a conversation are (service_access.cpp).
    Result<void> case_share(Context& context, In request, Out reply);
    Result<void> glass_break(Context& context, In request, Out reply);
    Result<void> glass_list(Context& context, In request, Out reply);
    Result<void> partner_list(Context& context, In request, Out reply);
    /// Whether the asker may open it: it is their work, they look after it as a supervisor, or they
    /// have broken the glass.
    Result<bool> may_open(Context& context, const casework::CaseFile& file);
    Result<bool> may_open(Context& context, const casework::Contact& contact);
    /// errors  not_found · denied: case_not_yours
    Result<casework::CaseFile> own_case(Context& context, const CaseId& id);
    /// As own_case; of nothing when `id` is empty.
    Result<void> check_case(Context& context, const CaseId& id);
    /// errors  denied: not_yours
    Result<void> check_contact(Context& context, const casework::Contact& contact);
    /// errors  not_found · denied: case_not_yours, where it is a case's
    Result<casework::ReferralRecord> own_referral(Context& context, const ReferralId& id);
    void fill_glasses(capnp::List<schema::api::GlassView>::Builder out,
                      const std::vector<Glass>& glasses, store::Snapshot& from);

    /// A contact that the asker has, that nobody has, or that they look after as a supervisor.
    /// errors  not_found · denied: not_yours
    Result<casework::Contact> own_contact(Context& context, const std::string& id);
    /// errors  not_found: staff
    Result<Actor> staff_member(const std::string& name) const;
    /// What was written in a contact after `after`, with what the asker was writing.
    Result<void> show_contact(Context& context, const ContactId& id, std::uint64_t after,
                              Out reply);

    // Telephones, calls and files (service_phones.cpp).
    Result<void> phone_list(Context& context, In request, Out reply);
    Result<void> phone_add(Context& context, In request, Out reply);
    Result<void> phone_remove(Context& context, In request, Out reply);
    Result<void> phone_ready(Context& context, In request, Out reply);
    Result<void> phone_board(Context& context, In request, Out reply);
    Result<void> contact_call(Context& context, In request, Out reply);
    Result<void> call_control(Context& context, In request, Out reply);
    Result<void> contact_file_read(Context& context, In request, Out reply);
    Result<void> fill_files(store::Snapshot& from, const ContactId& id,
                            schema::api::ContactView::Builder out);

    Result<void> case_list(Context& context, In request, Out reply);
    Result<void> case_show(Context& context, In request, Out reply);
    Result<void> case_open(Context& context, In request, Out reply);
    Result<void> case_note(Context& context, In request, Out reply);
    Result<void> case_close(Context& context, In request, Out reply);
    Result<void> consent_record(Context& context, In request, Out reply);
    Result<void> statistics_show(Context& context, In request, Out reply);
    Result<void> statistics_export(Context& context, In request, Out reply);

    Result<void> referral_list(Context& context, In request, Out reply);
    Result<void> referral_show(Context& context, In request, Out reply);
    Result<void> refer(Context& context, In request, Out reply);
    Result<void> referral_move(Context& context, In request, Out reply);

    Result<void> attachment_list(Context& context, In request, Out reply);
    Result<void> attachment_read(Context& context, In request, Out reply);
    Result<void> attachment_add(Context& context, In request, Out reply);
    Result<void> policy_list(Context& context, In request, Out reply);
    Result<void> policy_show(Context& context, In request, Out reply);
    Result<void> policy_install(Context& context, In request, Out reply);
    Result<void> policy_reload(Context& context, In request, Out reply);
    Result<void> refer_preview(Context& context, In request, Out reply);
    Result<void> override_request(Context& context, In request, Out reply);
    Result<void> override_list(Context& context, In request, Out reply);
    Result<void> override_show(Context& context, In request, Out reply);
    Result<void> override_decide(Context& context, In request, Out reply);

    Result<void> consent_withdraw(Context& context, In request, Out reply);
    Result<void> erasure_list(Context& context, In request, Out reply);
    Result<void> erasure_request(Context& context, In request, Out reply);
    Result<void> erasure_answer(Context& context, In request, Out reply);
    Result<void> case_erase(Context& context, In request, Out reply);
    Result<void> store_compact(Context& context, In request, Out reply);

    Result<void> roster_publish(Context& context, In request, Out reply);
    Result<void> roster_list(Context& context, In request, Out reply);
    Result<void> cover_choices(Context& context, In request, Out reply);
    Result<void> cover_offer(Context& context, In request, Out reply);
    Result<void> cover_answer(Context& context, In request, Out reply);

    Result<void> clock_list(Context& context, In request, Out reply);
    Result<void> referral_next(Context& context, In request, Out reply);
    Result<void> candidates(Context& context, const casework::ReferralRecord& record,
                            const casework::ReferralRequest& what, Out reply);
    Result<void> ask_next(Context& context, const casework::ReferralRecord& record,
                          const NodeId& to, casework::ReferralRequest what, Out reply);
    Result<casework::Consent> next_consent(store::Snapshot& from, const casework::CaseFile& file,
                                           const ConsentId& first, const NodeId& to,
                                           const casework::ReferralRequest& what, Time now);

    Result<void> plugin_list(Context& context, In request, Out reply);
    Result<void> plugin_move(Context& context, In request, Out reply);
    void plugin_change(In request, const Settle& settle);
    Result<void> move_dead_letter(Context& context, const std::string& instance,
                                  std::string_view move, std::uint64_t number);

    Result<void> escalation_list(Context& context, In request, Out reply);
    Result<void> escalation_show(Context& context, In request, Out reply);
    Result<void> escalate(Context& context, In request, Out reply);

    /// errors  not_found · denied: wrong_side, and those of casework::covers
    Result<void> check_attachment_consent(store::Snapshot& from, const ReferralId& id, Time now);
    /// A referral that may leave: everything is checked, and nothing is written yet.
    struct PreparedReferral {
        NodeId to;
        casework::CaseFile file;
        casework::Consent consent;
        casework::ReferralRequest request;
        federation::Verdict verdict;
    };
    /// overriding  the consent to use instead of one of the case
    /// errors  those of own_case, and each rule's
    Result<PreparedReferral> prepare_referral(Context& context, schema::api::Refer::Reader in,
                                              const std::optional<casework::Consent>& overriding);
    Result<casework::ReferralRecord> send_referral(Context& context, PreparedReferral prepared);
    Result<casework::ReferralRecord> send_overridden(Context& context, const Override& override);

    /// Takes a referral of ours back, where the rules allow it, and asks the peer to erase it.
    Result<void> recall(Context& context, const ReferralId& id, const std::string& reason);

    /// errors  those of export_passport(), of the newest directory
    Result<Bytes> make_passport(Context& context, const ReferralId& id);

    /// The consent named, or the newest of the case. errors  denied: consent_missing; not_found
    Result<casework::Consent> consent_for(store::Snapshot& from, const casework::CaseFile& file,
                                          const std::string& id);

    /// The passport of which somebody is being given the pieces.
    struct KeptPassport {
        ReferralId referral;
        std::string actor;
        trust::Digest hash{};
        Bytes file;
    };

    Parts parts_;
    Uploads uploads_;
    FileReaders file_readers_;
    KeptPassport kept_passport_;  // of the thread of lengthy calls
    std::mutex mutex_;            // guards waiting_ and lengthy_
    std::list<std::shared_ptr<Call>> waiting_;
    std::list<std::shared_ptr<Call>> lengthy_;
    std::condition_variable_any more_;
    std::atomic<bool> tidying_{false};  // a command of tidy_sessions() is under way
    SignIn sign_in_;
    std::jthread lengthy_thread_;  // last: it ends before what it uses
};

}  // namespace sanad::api
