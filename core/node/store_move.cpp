#include "core/node/store_move.h"

#include "core/node/initialise.h"
#include "core/node/node_keys.h"
#include "core/node/plugin_store.h"
#include "core/plugins/store_plugin.h"

#include <algorithm>

namespace sanad::node {
namespace {

const char* mend(Fault fault) {
    switch (fault) {
        case Fault::busy:
            return "another process has it: stop the node, and every process that stands by for it";
        case Fault::not_found:
            return "there is no store: correct [store.config], or restore it from a backup";
        case Fault::conflict:
            return "nothing is copied over a store: name a place in [store.config] that has none, "
                   "or "
                   "take away what is there";
        case Fault::exhausted:
            return "there is no room: make some, or set its limit higher";
        case Fault::denied:
            return "it is not this user's: run it as the node's own user, with the node's rights";
        case Fault::invalid:
            return "correct [store.config]; if it is right, put the store aside and restore the "
                   "newest backup";
        case Fault::unsupported:
            return "take the plugin that came with this program";
        default:
            return "look at the disk, or whether its server runs; sanad doctor says more";
    }
}

std::unexpected<Error> told_to_a_person(const Configuration& configuration, const Error& error) {
    const bool says_itself = error.fault == Fault::malformed;  // of a damaged file
    return fail(error.fault, configuration.file.string() + ": " + error.detail +
                                 (says_itself ? "" : std::string(": ") + mend(error.fault)));
}

// An open store that ends in order.
class Opened {
public:
    static Result<Opened> open(const Configuration& configuration, const std::string& settings,
                               const Clock& clock, Log& log) {
        const auto file = trusted_library(configuration, configuration.store);
        if (!file) return std::unexpected(file.error());
        auto store = plugins::open_store(*file, settings, log, clock);
        if (!store) return told_to_a_person(configuration, store.error());
        return Opened(std::move(*store));
    }
    const sanad_store_v1& calls() const {
        return *static_cast<const sanad_store_v1*>(store_.instance->extension(SANAD_EXT_STORE));
    }
    /// Whether it is that node's own, by store.id beside node.toml.
    Result<void> identify(const Configuration& configuration) const {
        const auto id = load_store_id(configuration.store_id_file());
        if (!id) return std::unexpected(id.error());
        return check_store_identity(*store_.store, *id, configuration.id);
    }
    Result<void> close() {
        store_.store.reset();
        return store_.instance->stop();
    }

private:
    explicit Opened(plugins::OpenStore store) : store_(std::move(store)) {}
    plugins::OpenStore store_;
};

Result<void> same_node(const Configuration& from, const Configuration& to) {
    const auto one = load_store_id(from.store_id_file());
    if (!one) return std::unexpected(one.error());
    const auto other = load_store_id(to.store_id_file());
    if (!other) return std::unexpected(other.error());
    if (from.id == to.id && std::ranges::equal(one->bytes, other->bytes)) return {};
    return fail(Fault::conflict,
                to.file.string() +
                    ": is another node's: copy node.toml beside itself and change only [store]");
}

// What was copied until then must not be taken for a store.
std::unexpected<Error> broken_off(const Configuration& to, const Error& error) {
    return fail(error.fault, to.file.string() + ": the copy is not whole (" + error.detail + ", " +
                                 mend(error.fault) +
                                 "): take away what was copied so far, and copy again");
}

// Of an open store, as a phase of a longer work.
Result<plugins::StoreContent> compare(const Configuration& to, const plugins::StoreContent& wanted,
                                      const Clock& clock, Log& log, const plugins::Told& told) {
    auto copy = Opened::open(to, to.store.config, clock, log);
    if (!copy) return std::unexpected(copy.error());
    if (const auto identity = copy->identify(to); !identity)
        return std::unexpected(identity.error());
    const auto found = plugins::content_of(
        copy->calls(), told, {.step = plugins::Progress::Step::comparing, .of = wanted.rows});
    if (!found) return broken_off(to, found.error());
    if (*found != wanted)
        return fail(Fault::malformed, to.file.string() +
                                          ": the copy is not the same as the store: take it away, "
                                          "look at the disk, and copy again");
    if (const auto closed = copy->close(); !closed) return broken_off(to, closed.error());
    return found;
}

}  // namespace

Result<plugins::StoreContent> check_store(const Configuration& configuration, const Clock& clock,
                                          Log& log, const plugins::Told& told) {
    const auto file = trusted_library(configuration, configuration.store);
    if (!file) return std::unexpected(file.error());
    const auto content = plugins::read_store(*file, configuration.store.config, told);
    if (!content) return told_to_a_person(configuration, content.error());
    auto opened = Opened::open(configuration, configuration.store.config, clock, log);
    if (!opened) return std::unexpected(opened.error());
    if (const auto identity = opened->identify(configuration); !identity)
        return std::unexpected(identity.error());
    if (const auto closed = opened->close(); !closed)
        return told_to_a_person(configuration, closed.error());
    return content;
}

Result<plugins::StoreContent> copy_store(const Configuration& from, const Configuration& to,
                                         const Clock& clock, Log& log, const plugins::Told& told) {
    if (const auto same = same_node(from, to); !same) return std::unexpected(same.error());
    const auto source = Opened::open(from, from.store.config, clock, log);
    if (!source) return std::unexpected(source.error());
    if (const auto identity = source->identify(from); !identity)
        return std::unexpected(identity.error());
    auto target = Opened::open(to, with_create(to.store.config), clock, log);
    if (!target) return std::unexpected(target.error());
    const auto copied = plugins::copy_store(source->calls(), target->calls(), told);
    if (!copied) return broken_off(to, copied.error());
    if (const auto closed = target->close(); !closed) return broken_off(to, closed.error());
    // What another opening finds is what a node will find.
    return compare(to, *copied, clock, log, told);
}

}  // namespace sanad::node
