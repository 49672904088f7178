// The part of Node that is about the directory: what it follows, and the files that mirror it.
#include "core/node/files.h"
#include "core/node/initialise.h"
#include "core/node/node.h"

#include <filesystem>

namespace sanad::node {
namespace {

using Followed = federation::DirectoryBook::Outcome;

constexpr std::string_view version = "0.1.0";
constexpr std::string_view node_name = "node";
constexpr std::string_view directory_version_key = "directory_version";
constexpr Duration condition_each{1'000};

}  // namespace

// Without a directory a node works alone. What it followed is in its store; the file is a mirror of
// that, and the way in for what was installed while the node did not run.
Result<void> Node::load_directory() {
    peers_ = std::make_unique<federation::Peers>(federation::PeerTable{});
    const auto& settings = configuration_.federation;
    auto book = federation::DirectoryBook::open(
        *store_.store,
        {*records_, *timers_, *audit_, *feed_, *peers_, around_.clock, settings.grace});
    if (!book) return std::unexpected(book.error());
    book_ = std::move(*book);
    engine_->add(*book_);
    if (!settings.trust.empty() && std::filesystem::exists(settings.trust)) {
        auto trusted = load_trust(settings.trust);
        if (!trusted) return std::unexpected(trusted.error());
        trusted_ = std::move(*trusted);
    }
    if (std::filesystem::exists(settings.directory)) {
        const auto note = read_file(settings.directory, trust::note_bytes_max, FileTrust::own);
        if (!note) return std::unexpected(note.error());
        if (const auto followed = follow_file(*note); !followed) return followed;
    }
    mirror_directory({});
    book_->on_changed([this](const federation::DirectoryState& before) {
        if (before.version() == book_->current()->version()) return;
        around_.log.info("directory.followed",
                         {{"version", std::to_string(book_->current()->version())}});
        mirror_directory(before);
        settle_keys();
    });
    settle_keys();
    return {};
}

// The file may hold what is in force, its successor, or, when somebody put an old one back, what is
// over: then the store knows better.
Result<void> Node::follow_file(const std::string& note) {
    const auto& file = configuration_.federation.directory;
    const auto held = book_->current();
    if (!held->in_force && trusted_.stewards.empty()) return {};
    if (!held->in_force) {
        // A store that followed one before it kept them whole.
        const auto meta = store_.store->open_table(meta_table);
        if (!meta) return std::unexpected(meta.error());
        const auto snapshot = store_.store->snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        const auto followed = (*snapshot)->get(*meta, bytes_of(directory_version_key));
        if (!followed) return std::unexpected(followed.error());
        const auto directory =
            federation::verify_directory(note, trusted_.stewards, trusted_.threshold);
        if (directory && *followed && (*followed)->size() == 8 &&
            read_big_endian<std::uint64_t>(**followed) > directory->directory.version)
            return fail(Fault::denied, file.string() +
                                           ": this directory is older than the one followed "
                                           "before: put back the newer one");
    }
    Result<Followed> outcome = Followed::same;
    const auto taken = engine_->submit(
        [&](store::Draft& draft) -> Result<void> {
            const Time now = around_.clock.now();
            outcome = install_directory(draft, note, std::string(node_name), now);
            // Several may have been installed one after the other while the node did not run; the
            // trust file went with them.
            if (!outcome && held->in_force)
                outcome = book_->follow_by_trust(draft, note, trusted_.stewards, trusted_.threshold,
                                                 std::string(node_name), now);
            if (!outcome) return std::unexpected(outcome.error());
            return {};
        },
        {});
    if (!taken) return taken;
    if (const auto ran = engine_->run_once(); !ran) return std::unexpected(ran.error());
    if (outcome) return {};
    if (held->in_force) {
        around_.log.warn("directory.file_refused", {{"fault", name(outcome.error().fault)}});
        return {};
    }
    return fail(outcome.error().fault, file.string() + ": " + outcome.error().detail +
                                           ": ask the stewards for the directory again");
}

// Files for people and for the commands that work without the node. The store is what counts, so a
// file that cannot be written stops nothing.
void Node::mirror_directory(const federation::DirectoryState& before) {
    const auto state = book_->current();
    if (!state->in_force) return;
    const auto& settings = configuration_.federation;
    const auto& directory = state->in_force->directory;
    const auto note = trust::write_note(state->in_force->note);
    const auto there = read_file(settings.directory, trust::note_bytes_max, FileTrust::own);
    if (!there || *there != note)
        if (!replace_file(settings.directory, note, 0600))
            around_.log.warn("directory.file_unwritten");
    // Stewards who follow the first ones step by step are trusted as those were.
    const bool hands_over =
        before.in_force && (before.in_force->directory.stewards != directory.stewards ||
                            before.in_force->directory.threshold != directory.threshold);
    if (!hands_over && federation::verify_directory(note, trusted_.stewards, trusted_.threshold))
        return;
    trusted_ = {directory.stewards, directory.threshold};
    if (!settings.trust.empty() && !replace_file(settings.trust, write_trust(trusted_), 0600))
        around_.log.warn("directory.trust_unwritten");
}

Result<Followed> Node::install_directory(store::Draft& draft, const std::string& note,
                                         const std::string& who, Time now) {
    return book_->follow(draft, note, trusted_.stewards, trusted_.threshold, who, now);
}

void Node::tell_condition(Time now) {
    watch_keys();
    const auto elapsed = around_.clock.elapsed();
    if (elapsed < condition_at_) return;
    condition_at_ = elapsed + condition_each;
    destroy_former_keys(now);
    introduce_roster(now);
    if (!book_->has_news(now)) return;
    const auto taken = engine_->submit(
        [this, now](store::Draft& draft) -> Result<void> {
            book_->tell_condition(draft, now);
            return {};
        },
        {});
    if (!taken) counters_.add("directory.condition_untold");
}

// Whoever joined since the roster was published does not have it.
void Node::introduce_roster(Time now) {
    const auto table = peers_->current();
    if (table->revision == introduced_at_) return;
    const auto taken = engine_->submit(
        [this, table, now](store::Draft& draft) { return rosters_->introduce(draft, *table, now); },
        {});
    if (taken) introduced_at_ = table->revision;
}

api::NodeControl::Facts Node::facts() {
    Facts facts;
    facts.version = version;
    facts.endpoint = transport_->bound();
    for (const auto& slot : slots_) facts.plugins.push_back(plugin_facts(*slot));
    return facts;
}

}  // namespace sanad::node
