// The part of Node that keeps erased things erased, and its policy packs in force.
#include "core/node/erased_file.h"
#include "core/node/files.h"
#include "core/node/form_file.h"
#include "core/node/lexicon_files.h"
#include "core/node/node.h"

#include <filesystem>
#include <set>

namespace sanad::node {
namespace {

// Several erasures share one compaction; SECURITY E20 allows a day.
constexpr Duration compact_after = std::chrono::minutes(10);
constexpr Duration compact_again = std::chrono::minutes(1);

}  // namespace

Result<void> Node::load_words() {
    auto taxonomies = load_taxonomies(configuration_.share);
    if (!taxonomies) return std::unexpected(taxonomies.error());
    taxonomies_ = std::move(*taxonomies);
    auto lexicon = load_lexicon(configuration_.share);
    if (!lexicon) return std::unexpected(lexicon.error());
    if (lexicon->phrase_count() == 0) around_.log.warn("triage.no_phrases");
    lexicon_ = std::move(*lexicon);
    auto policies = load_policies(configuration_, taxonomies_);
    if (!policies) return std::unexpected(policies.error());
    policies_.replace(std::move(*policies));
    return take_form(load_form(configuration_, taxonomies_));
}

// What was erased stays erased when an old backup was put back: the list beside the store knows.
Result<void> Node::destroy_again() {
    const auto file = configuration_.erased_file();
    auto listed = load_erased(file);
    if (!listed) return std::unexpected(listed.error());
    {
        // A power cut between the commit and the list leaves the list behind.
        const auto snapshot = store_.store->snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        auto known = keyring_->erased(**snapshot);
        if (!known) return std::unexpected(known.error());
        const std::set<store::KeyHash> there(listed->begin(), listed->end());
        const std::set<store::KeyHash> done(known->begin(), known->end());
        std::erase_if(*known, [&](const auto& hash) { return there.contains(hash); });
        if (const auto added = append_erased(file, *known); !added) return added;
        std::erase_if(*listed, [&](const auto& hash) { return done.contains(hash); });
    }
    keyring_->on_destroyed([this, file](const std::vector<store::KeyHash>& hashes) {
        if (const auto added = append_erased(file, hashes); !added)
            around_.log.error("erasure.not_listed", {{"count", std::to_string(hashes.size())}});
        if (!compact_at_) compact_at_ = around_.clock.elapsed() + compact_after;
        // So that a restart before then does not forget it.
        const auto marked = create_file(configuration_.compaction_file(), "", 0600);
        if (!marked && marked.error().fault != Fault::conflict)
            around_.log.warn("store.compaction_unmarked");
    });
    if (std::filesystem::exists(configuration_.compaction_file())) compact_at_ = Duration{0};
    if (listed->empty()) return {};
    Result<void> done;
    std::size_t count = 0;
    const auto taken = engine_->submit(
        [&](store::Draft& draft) -> Result<void> {
            const auto again = keyring_->destroy_listed(draft, *listed);
            if (!again) return std::unexpected(again.error());
            count = *again;
            return {};
        },
        [&](const Result<void>& result) { done = result; });
    if (!taken) return taken;
    if (const auto ran = engine_->run_once(); !ran) return std::unexpected(ran.error());
    if (count == 0) return done;
    around_.log.warn("erasure.done_again", {{"keys", std::to_string(count)}});
    compact_at_ = Duration{0};
    return done;
}

// On the engine's thread, between two transactions.
void Node::compact() {
    compact_at_.reset();
    const auto compacted = store_.store->compact();
    if (compacted) {
        std::error_code ignored;
        std::filesystem::remove(configuration_.compaction_file(), ignored);
        return around_.log.info("store.compacted");
    }
    if (compacted.error().fault == Fault::busy)
        compact_at_ = around_.clock.elapsed() + compact_again;
    around_.log.warn("store.not_compacted", {{"fault", name(compacted.error().fault)}});
}

// Called in the engine, inside the command that audits it, as all that changes the policies is.
Result<std::string> Node::install_policy(const std::string& text_or_note) {
    const auto installed =
        node::install_policy(configuration_, *policies_.current(), text_or_note, taxonomies_);
    if (!installed) return std::unexpected(installed.error());
    const auto reloaded = reload_policies();
    if (!reloaded) return std::unexpected(reloaded.error());
    return installed->pack.name + " v" + std::to_string(installed->pack.version);
}

Result<std::string> Node::reload_policies() {
    auto policies = load_policies(configuration_, taxonomies_);
    if (!policies) return std::unexpected(policies.error());
    std::string names;
    for (const auto& policy : policies->packs)
        names += (names.empty() ? "" : ", ") + policy.pack.name + " v" +
                 std::to_string(policy.pack.version);
    policies_.replace(std::move(*policies));
    around_.log.info("policy.followed", {{"packs", names}});
    return names;
}

}  // namespace sanad::node
