#pragma once

#include "core/api/duty.h"
#include "core/api/service.h"
#include "core/base/clock_watch.h"
#include "core/federation/appliers.h"
#include "core/federation/directory_gossip.h"
#include "core/federation/zmq_transport.h"
#include "core/node/backups.h"
#include "core/node/configuration.h"
#include "core/node/fallback_page.h"
#include "core/node/instance_life.h"
#include "core/node/node_keys.h"
#include "core/node/plugin_pump.h"
#include "core/node/plugin_services.h"
#include "core/node/policy_files.h"
#include "core/node/self_audit.h"
#include "core/node/trust_file.h"
#include "core/plugins/store_plugin.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace sanad::node {

/// A running node: every part of it, put together and started in the order in which they need each
/// other, and stopped in the reverse.
class Node final : public api::NodeControl {
public:
    /// All of it outlives the node.
    struct Surroundings {
        const Clock& clock;
        Entropy& entropy;
        Log& log;
    };

    /// Opens the store (first in a child process, so this must be called before any thread is
    /// there), checks that it is this node's, starts plugins, links and the engine.
    /// on_receipt  of Links: only benchmarks have one
    /// errors  configuration faults, the store's, the plugins'; the detail is for a person
    static Result<std::unique_ptr<Node>> start(const Configuration& configuration,
                                               const trust::SymmetricKey& vault_key,
                                               Surroundings surroundings,
                                               federation::Links::Receipted on_receipt = {});
    ~Node() override;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    api::Door& door() { return *service_; }
    store::Engine& engine() { return *engine_; }
    store::Store& store() { return *store_.store; }
    store::Feed& feed() { return *feed_; }
    federation::Referrals& referrals() { return *referrals_; }
    api::Contacts& contacts() { return *contacts_; }
    api::Cases& cases() { return *cases_; }

    Facts facts() override;
    std::vector<federation::Links::Status> links() override;
    Result<federation::DirectoryBook::Outcome> install_directory(store::Draft& draft,
                                                                 const std::string& note,
                                                                 const std::string& who,
                                                                 Time now) override;
    federation::DirectoryBook& directories() { return *book_; }
    void with_links(std::function<void(federation::Links&)> work) override;
    Result<std::string> install_policy(const std::string& text_or_note) override;
    Result<std::string> reload_policies() override;
    std::shared_ptr<const casework::Form> form() override;
    std::string own_form() override;
    Result<casework::Form> try_form(const std::string& own) override;
    Result<std::string> install_form(const std::string& own) override;
    void compact_soon() override { compact_at_ = Duration{0}; }
    Result<void> make_backup() override;
    api::NodeControl::Backups backups() override;
    Result<void> resume_plugin(const std::string& instance) override;
    void change_plugin(const std::string& instance, PluginChange change,
                       std::function<void(const Result<std::string>&)> done) override;

    /// The store has closed itself for good: another process may have it. Nothing that is under way
    /// was acknowledged, or may be; this process has to end. threads  any
    bool store_is_gone() const { return store_is_gone_; }

private:
    Node(const Configuration& configuration, const trust::SymmetricKey& vault_key,
         Surroundings surroundings);

    Result<void> open_store();
    Result<void> check_identity();
    Result<void> load_words();
    Result<void> take_form(Result<casework::Form> form);
    Result<void> load_directory();
    Result<void> follow_file(const std::string& note);
    void mirror_directory(const federation::DirectoryState& before);
    void tell_condition(Time now);
    void tell_backup(const char* event);
    void introduce_roster(Time now);
    void settle_keys();
    void switch_transport();
    void destroy_former_keys(Time now);
    bool use_stored_keys();
    void watch_keys();
    void tell_keys(const char* what);
    Result<void> open_records();
    Result<void> open_federation();
    Result<void> open_cover();
    Result<void> open_accounts();
    Result<void> open_statistics();
    Result<void> open_search();
    Result<void> open_shift();
    Result<void> open_phones();
    Result<void> open_service();
    api::Duty::Parts duty_parts();
    Result<void> take_up_parked();
    Result<void> start_plugins();
    void make_slots();
    LifeParts life_parts();
    PluginSlot::Acts slot_acts(const std::string& instance);
    Result<std::unique_ptr<PluginLife>> make_life(const std::string& instance, PluginLife* former,
                                                  std::uint64_t number);
    PluginSlot* find_slot(const std::string& instance);
    Plugin plugin_facts(const PluginSlot& slot) const;
    void tell_plugin(std::uint64_t life, const PluginSettings& settings, plugins::Broker& broker,
                     const plugins::Transition& transition);
    void tell_quarantined_at_start(PluginSlot& slot);
    void tell_feed(const std::string& event, const std::string& instance,
                   const std::string& page = {});
    Result<void> page_duty(store::Draft& draft, store::Event& event, const std::string& reason);
    void show_fallback(const PluginSettings& settings, plugins::Broker& broker);
    void hide_fallback(const std::string& instance);
    void start_threads();
    Duration idle();
    void run_timers(const std::vector<store::Timer>& timers);
    void look_at_later_timers();
    void look_for_room();
    void tick_links();
    Result<void> destroy_again();
    void compact();

    const Configuration& configuration_;
    Surroundings around_;
    Counters counters_;
    trust::StoreId store_id_;
    trust::Vault vault_;
    trust::SymmetricKey index_key_;
    trust::SymmetricKey search_key_;
    std::optional<NodeKeys> keys_;
    casework::Taxonomies taxonomies_;
    casework::Lexicon lexicon_;
    TrustedStewards trusted_;
    federation::Policies policies_;

    plugins::OpenStore store_;
    std::unique_ptr<store::Keyring> keyring_;
    std::unique_ptr<store::Records> records_;
    std::unique_ptr<store::Engine> engine_;
    std::unique_ptr<store::Audit> audit_;
    std::unique_ptr<store::Feed> feed_;
    std::unique_ptr<store::Outbox> outbox_;
    std::optional<store::Timers> timers_;

    std::unique_ptr<federation::Peers> peers_;
    std::unique_ptr<federation::DirectoryBook> book_;
    std::unique_ptr<federation::LinkLogs> logs_;
    std::unique_ptr<federation::LinkFreezes> freezes_;
    std::unique_ptr<federation::Parking> parking_;
    std::unique_ptr<federation::Referrals> referrals_;
    std::unique_ptr<federation::AuditWitness> witness_;
    std::unique_ptr<federation::Rosters> rosters_;
    std::unique_ptr<federation::Erasures> erasures_;
    std::optional<federation::Appliers> appliers_;
    std::unique_ptr<federation::Attachments> attachments_;
    std::unique_ptr<federation::Links> links_;
    std::unique_ptr<federation::DirectoryGossip> gossip_;
    std::unique_ptr<federation::ZmqTransport> transport_;

    std::unique_ptr<PluginOutward> outward_;
    std::unique_ptr<api::Contacts> contacts_;
    std::unique_ptr<api::ContactFiles> contact_files_;
    std::unique_ptr<api::Hints> hints_;
    std::unique_ptr<api::Board> board_;
    std::unique_ptr<api::Cases> cases_;
    std::unique_ptr<api::Duty> duty_;
    std::unique_ptr<api::Cover> cover_;
    std::unique_ptr<api::Escalations> escalations_;
    std::unique_ptr<api::Overrides> overrides_;
    std::unique_ptr<api::BreakGlass> break_glass_;
    std::unique_ptr<api::Exposures> exposures_;
    std::unique_ptr<api::Samples> samples_;
    std::unique_ptr<api::Feedback> feedback_;
    std::unique_ptr<api::Accounts> accounts_;
    std::unique_ptr<api::Phones> phones_;
    std::unique_ptr<api::Switchboard> switchboard_;
    std::unique_ptr<api::Sessions> sessions_;
    std::unique_ptr<PluginValues> plugin_values_;
    std::mutex form_mutex_;  // guards the next two
    std::shared_ptr<const casework::Form> form_;
    std::string own_form_;
    std::unique_ptr<DeskCalls> desk_calls_;
    std::unique_ptr<PluginServices> services_;
    std::unique_ptr<api::Statistics> statistics_;
    std::unique_ptr<store::SearchIndex> search_;
    std::unique_ptr<api::SearchIndexer> indexer_;
    std::unique_ptr<api::Service> service_;
    std::mutex fallback_mutex_;                                            // guards fallback_pages_
    std::map<std::string, std::unique_ptr<FallbackPage>> fallback_pages_;  // by instance
    std::optional<LifeParts> life_parts_;
    std::vector<std::unique_ptr<PluginSlot>> slots_;

    Duration timers_at_{0};
    ClockWatch clock_watch_;
    Duration condition_at_{0};
    std::uint64_t introduced_at_ = 0;  // revision of the table of peers that have our roster
    Duration room_at_{0};
    store::Table room_;
    std::filesystem::file_time_type keys_written_;  // when the file of keys was read last
    std::atomic<bool> store_is_gone_{false};
    std::atomic<bool> transport_waits_{false};  // the directory has a later transport key of ours
    std::optional<Duration> compact_at_;        // the engine's own: when the store is compacted
    std::mutex status_mutex_;                   // guards status_
    std::vector<federation::Links::Status> status_;
    std::unique_ptr<SelfAudit> self_audit_;
    std::unique_ptr<node::Backups> backups_;
    std::jthread engine_thread_;
    std::jthread transport_thread_;
    std::jthread indexer_thread_;
};

}  // namespace sanad::node
