// The part of Node that is about its own keys: taking over those that a directory has of it.
#include "core/node/key_rotation.h"
#include "core/node/node.h"

#include <algorithm>

namespace sanad::node {
namespace {

/// Peers let a former transport key in for longer than this (federation::transport_overlap).
constexpr Duration transport_wait = federation::transport_overlap - std::chrono::days(1);

}  // namespace

// Called when a directory is followed, and at the start, so that a power cut between the two costs
// nothing. Signing and sealing keys are used at once: what a peer refuses because it does not know
// them yet is pushed again. threads  engine, or before it starts
void Node::settle_keys() {
    const auto state = book_->current();
    if (!state->in_force) return;
    const auto* own = federation::find_node(state->in_force->directory, configuration_.id);
    if (own == nullptr) return;
    transport_waits_ = own->keys.transport != keys_->transport.public_key();
    if (own->keys.signing != keys_->signing.public_key() ||
        own->keys.sealing != keys_->sealing.public_key()) {
        bool changed = false;
        const Time now = around_.clock.now();
        const auto updated = update_keys(configuration_.keys_file(), vault_, around_.entropy,
                                         [&](NodeKeys& keys) -> Result<void> {
                                             changed = take_over(keys, own->keys, now);
                                             return {};
                                         });
        if (!updated)
            around_.log.error("keys.not_taken_over", {{"fault", name(updated.error().fault)}});
        else if (changed && use_stored_keys())
            tell_keys("keys.taken_over");
    }
    if (own->keys.signing != keys_->signing.public_key() ||
        own->keys.sealing != keys_->sealing.public_key())
        around_.log.error("keys.unknown", {{"hint", "the_directory_has_other_keys_of_this_node"}});
}

// The transport key changes last: over the old one the peers still get the directory that names the
// new one. A peer that cannot be reached does not hold it up for ever, and a stolen key not at all.
// threads  transport
void Node::switch_transport() {
    if (!transport_waits_) return;
    const auto state = book_->current();
    const auto* own = federation::find_node(state->in_force->directory, configuration_.id);
    if (own == nullptr) return;
    const auto table = peers_->current();
    const auto* self = table->find(configuration_.id);
    const bool may_wait = self != nullptr &&
                          self->former_transport == keys_->transport.public_key() &&
                          around_.clock.now() < state->in_force->directory.issued + transport_wait;
    if (may_wait && !gossip_->all_follow(state->version())) return;
    transport_waits_ = false;
    bool changed = false;
    const auto updated = update_keys(configuration_.keys_file(), vault_, around_.entropy,
                                     [&](NodeKeys& keys) -> Result<void> {
                                         changed = take_over_transport(keys, own->keys);
                                         return {};
                                     });
    const auto stored = load_keys(configuration_.keys_file(), vault_);
    if (!updated || !changed || !stored) {
        around_.log.error("keys.unknown", {{"hint", "the_directory_has_another_transport_key"}});
        return;
    }
    keys_->transport.become(trust::TransportKey(stored->transport.secret()));
    transport_->rekey();
    tell_keys("keys.transport_taken_over");
}

// threads  engine
void Node::destroy_former_keys(Time now) {
    const bool due = std::ranges::any_of(
        keys_->former, [&](const FormerSealing& former) { return former.until <= now; });
    if (!due) return;
    const auto updated = update_keys(configuration_.keys_file(), vault_, around_.entropy,
                                     [&](NodeKeys& keys) -> Result<void> {
                                         destroy_former(keys, now);
                                         return {};
                                     });
    if (!updated)
        around_.log.error("keys.not_destroyed", {{"fault", name(updated.error().fault)}});
    else if (use_stored_keys())
        tell_keys("keys.sealing_destroyed");
}

// The command line puts next keys into the file while the node runs. threads  engine
void Node::watch_keys() {
    std::error_code fault;
    const auto written = std::filesystem::last_write_time(configuration_.keys_file(), fault);
    if (fault || written == keys_written_) return;
    keys_written_ = written;
    use_stored_keys();
}

// What is on disk counts: a key is used once it cannot be lost any more.
bool Node::use_stored_keys() {
    const auto stored = load_keys(configuration_.keys_file(), vault_);
    if (!stored) {
        around_.log.error("keys.unreadable", {{"fault", name(stored.error().fault)}});
        return false;
    }
    use_keys(*keys_, *stored);
    return true;
}

void Node::tell_keys(const char* what) {
    around_.log.info(what);
    const auto taken = engine_->submit(
        [this, what](store::Draft& draft) -> Result<void> {
            const Time now = around_.clock.now();
            audit_->append(draft, {.at = now, .actor = "node", .action = what});
            feed_->emit(draft, {.at = now, .name = what});
            return {};
        },
        {});
    if (!taken) counters_.add("keys.untold");
}

}  // namespace sanad::node
