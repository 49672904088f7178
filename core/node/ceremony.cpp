#include "core/node/ceremony.h"

#include "core/base/encoding.h"
#include "core/base/time_text.h"
#include "core/federation/directory_lines.h"
#include "core/federation/directory_trust.h"
#include "core/federation/revocation.h"
#include "core/node/files.h"

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using federation::Directory;
using federation::DirectoryNode;

constexpr std::string_view steward_format = "sanad-steward/v1\n";
constexpr std::string_view node_keyword = "node ";

struct StewardKey {
    std::string name;
    trust::SigningKey key;
};

Result<StewardKey> load_steward_key(const fs::path& file) {
    const auto damaged = fail(Fault::malformed, file.string() +
                                                    ": is no steward's key: make one "
                                                    "with sanad directory steward-key");
    auto text = read_file(file, steward_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    if (!text->starts_with(steward_format)) return damaged;
    federation::LineReader lines(std::string_view(*text).substr(steward_format.size()));
    const auto name = lines.next("name ");
    const auto seed_hex = lines.next("seed ");
    auto seed = from_hex(seed_hex.value_or(""));
    if (!name || !seed || seed->size() != sizeof(trust::Seed) || !lines.at_end()) return damaged;
    const trust::Secret<32> secret{ByteView(*seed)};
    trust::wipe(*seed);
    StewardKey steward{std::string(*name), trust::SigningKey(secret.bytes())};
    trust::wipe({reinterpret_cast<std::uint8_t*>(text->data()), text->size()});
    return steward;
}

std::string text_in(std::string_view draft_or_note) {
    const auto note = trust::parse_note(draft_or_note);
    return note ? note->text : std::string(draft_or_note);
}

Result<void> check_life(Duration life) {
    if (life >= std::chrono::days(1) && life <= directory_life_max) return {};
    return fail(Fault::invalid, "a directory lives from 1 to 400 days: choose the days in between");
}

Time whole_seconds(Time time) { return {time.ms - time.ms % 1000}; }

// The directory to be changed: a note has been given to others, so the change is a version more.
Result<Directory> begin_change(std::string_view draft_or_note, Duration life, Time now) {
    if (const auto good = check_life(life); !good) return std::unexpected(good.error());
    auto directory = read_directory(draft_or_note);
    if (!directory) return directory;
    if (is_signed(draft_or_note)) ++directory->version;
    directory->issued = whole_seconds(now);
    directory->expires = directory->issued + life;
    return directory;
}

Result<TrustedStewards> settle_trust(const Configuration& configuration, std::string_view trust) {
    const fs::path& file = configuration.federation.trust;
    std::error_code fault;
    const bool is_there = fs::exists(file, fault);
    if (trust.empty()) {
        if (is_there) return load_trust(file);
        return fail(Fault::not_found, file.string() +
                                          ": this node trusts no stewards yet: name a trust file "
                                          "with --trust");
    }
    auto wanted = parse_trust(trust);
    if (!wanted)
        return fail(wanted.error().fault, "the trust file: " + wanted.error().detail +
                                              ": get it from the stewards again");
    if (!is_there) return wanted;
    const auto existing = load_trust(file);
    if (existing && write_trust(*existing) == write_trust(*wanted)) return wanted;
    return fail(Fault::conflict, file.string() +
                                     ": this node trusts other stewards already: remove the file "
                                     "first if that is wrong");
}

Result<federation::SignedDirectory> check_new(const Configuration& configuration,
                                              std::string_view note,
                                              const TrustedStewards& trusted) {
    const auto current =
        read_file(configuration.federation.directory, trust::note_bytes_max, FileTrust::own);
    if (!current && current.error().fault == Fault::not_found)
        return federation::verify_directory(note, trusted.stewards, trusted.threshold);
    if (!current) return std::unexpected(current.error());
    // What lies there was believed when it came; only its form can be checked now.
    const auto parsed = trust::parse_note(*current);
    if (!parsed) return std::unexpected(parsed.error());
    auto directory = federation::parse_directory(parsed->text);
    if (!directory) return std::unexpected(directory.error());
    federation::SignedDirectory there{std::move(*directory), *parsed};
    // The very same is no fault: somebody makes sure that it is there.
    if (const auto again = trust::parse_note(note); again && again->text == parsed->text)
        return there;
    return federation::verify_successor(there, note);
}

}  // namespace

Result<trust::Verifier> create_steward_key(const fs::path& file, std::string_view name,
                                           Entropy& entropy) {
    if (const auto good = trust::check_key_name(name); !good)
        return fail(good.error().fault,
                    "a steward's name has no spaces and no +: write for example cmrpi.ma");
    const auto key = trust::SigningKey::generate(entropy);
    const std::string text = std::string(steward_format) + "name " + std::string(name) + "\nseed " +
                             to_hex(key.seed().bytes()) + "\n";
    if (const auto made = create_file(file, text, 0600); !made)
        return std::unexpected(made.error());
    return trust::Verifier{std::string(name), trust::SignatureType::ed25519, key.public_key()};
}

Result<std::string> write_revocation(std::string_view directory, const NodeId& node,
                                     std::string_view reason, const fs::path& steward_file,
                                     Time now) {
    const auto read = read_directory(directory);
    if (!read) return std::unexpected(read.error());
    const auto steward = load_steward_key(steward_file);
    if (!steward) return std::unexpected(steward.error());
    auto note = federation::sign_revocation(*read, node, reason, steward->key, steward->name, now);
    if (!note) return note;
    // Whoever gets it will check it: a notice that nobody believes is worse than none.
    if (const auto good = federation::verify_revocation(*read, *note, now); !good)
        return std::unexpected(good.error());
    return note;
}

bool is_signed(std::string_view draft_or_note) {
    return trust::parse_note(draft_or_note).has_value();
}

Result<Directory> read_directory(std::string_view draft_or_note) {
    if (draft_or_note.size() > trust::note_bytes_max)
        return fail(Fault::bad_size, "longer than 1 MiB: this is no directory");
    return federation::parse_directory(text_in(draft_or_note));
}

Result<std::string> create_directory(const DirectoryPlan& plan, Time now) {
    if (const auto good = check_life(plan.life); !good) return std::unexpected(good.error());
    Directory directory;
    directory.federation = plan.federation;
    directory.version = 1;
    directory.issued = whole_seconds(now);
    directory.expires = directory.issued + plan.life;
    directory.threshold = plan.threshold;
    directory.stewards = plan.stewards;
    return federation::write_directory(directory);
}

Result<std::string> add_node(std::string_view draft_or_note, std::string_view node_line,
                             Duration life, Time now) {
    auto directory = begin_change(draft_or_note, life, now);
    if (!directory) return std::unexpected(directory.error());
    while (node_line.ends_with('\n')) node_line.remove_suffix(1);
    if (!node_line.starts_with(node_keyword))
        return fail(Fault::malformed, "no node line: use what sanad node bundle prints");
    auto node = federation::parse_node_line(node_line.substr(node_keyword.size()));
    if (!node) return std::unexpected(node.error());
    const auto same = std::ranges::find(directory->nodes, node->id, &DirectoryNode::id);
    if (same == directory->nodes.end()) {
        directory->nodes.push_back(std::move(*node));
    } else if (same->keys.identity == node->keys.identity &&
               same->status == federation::NodeStatus::active) {
        *same = std::move(*node);
    } else {
        return fail(Fault::conflict, node->id.text +
                                         ": is there with another identity key, or revoked: give "
                                         "the new node another id");
    }
    return federation::write_directory(*directory);
}

Result<std::string> revoke_node(std::string_view draft_or_note, const NodeId& node, Duration life,
                                Time now) {
    auto directory = begin_change(draft_or_note, life, now);
    if (!directory) return std::unexpected(directory.error());
    const auto found = std::ranges::find(directory->nodes, node, &DirectoryNode::id);
    if (found == directory->nodes.end())
        return fail(Fault::not_found,
                    node.text + ": is not in the directory: see sanad directory show");
    found->status = federation::NodeStatus::revoked;
    return federation::write_directory(*directory);
}

Result<std::string> sign_directory(std::string_view draft_or_note, const fs::path& steward_file) {
    const auto directory = read_directory(draft_or_note);
    if (!directory) return std::unexpected(directory.error());
    const auto steward = load_steward_key(steward_file);
    if (!steward) return std::unexpected(steward.error());
    const trust::Verifier own{steward->name, trust::SignatureType::ed25519,
                              steward->key.public_key()};
    if (std::ranges::find(directory->stewards, own) == directory->stewards.end())
        return fail(Fault::untrusted, steward->name +
                                          ": is no steward of this directory: create it with this "
                                          "steward's verifier");
    if (is_signed(draft_or_note))
        return trust::add_signature(draft_or_note, steward->key, steward->name);
    return trust::sign_note(draft_or_note, steward->key, steward->name);
}

Result<std::string> sign_note_with(std::string_view text_or_note, const fs::path& steward_file) {
    const auto steward = load_steward_key(steward_file);
    if (!steward) return std::unexpected(steward.error());
    return trust::parse_note(text_or_note)
               ? trust::add_signature(text_or_note, steward->key, steward->name)
               : trust::sign_note(text_or_note, steward->key, steward->name);
}

Result<std::string> merge_directories(std::string_view left, std::string_view right) {
    for (const std::string_view side : {left, right}) {
        const auto note = trust::parse_note(side);
        if (!note) return fail(note.error().fault, "nobody has signed this yet: sign it first");
        const auto directory = federation::parse_directory(note->text);
        if (!directory) return std::unexpected(directory.error());
        if (const auto good = trust::verify_note(*note, directory->stewards); !good)
            return fail(good.error().fault,
                        "a signature in a steward's name is bad, or there is none: do not use "
                        "this file");
    }
    auto merged = federation::merge_signatures(left, right);
    if (!merged && merged.error().fault == Fault::conflict)
        return fail(Fault::conflict,
                    "the two are not the same directory: sign one and the same draft");
    return merged;
}

Result<Directory> judge_directory(std::string_view note, std::string_view trust) {
    const auto trusted = parse_trust(trust);
    if (!trusted)
        return fail(trusted.error().fault, "the trust file: " + trusted.error().detail +
                                               ": get it from the stewards again");
    auto believed = federation::verify_directory(note, trusted->stewards, trusted->threshold);
    if (!believed) return std::unexpected(believed.error());
    return std::move(believed->directory);
}

Result<TrustedStewards> trust_of(std::string_view draft_or_note) {
    auto directory = read_directory(draft_or_note);
    if (!directory) return std::unexpected(directory.error());
    return TrustedStewards{std::move(directory->stewards), directory->threshold};
}

Result<Directory> install_directory(const Configuration& configuration, std::string_view note,
                                    std::string_view trust) {
    auto trusted = settle_trust(configuration, trust);
    if (!trusted) return std::unexpected(trusted.error());
    auto checked = check_new(configuration, note, *trusted);
    if (!checked) return std::unexpected(checked.error());
    const std::string lasting = trust::write_note(checked->note);
    // The stewards may have changed step by step until none is left of those first trusted.
    if (!federation::verify_directory(note, trusted->stewards, trusted->threshold))
        trusted = TrustedStewards{checked->directory.stewards, checked->directory.threshold};
    // Trust first: a directory without it would stop the node's start, not the other way round.
    const fs::path& trust_file = configuration.federation.trust;
    if (const auto written = replace_file(trust_file, write_trust(*trusted), 0600); !written)
        return std::unexpected(written.error());
    if (const auto written = replace_file(configuration.federation.directory, lasting, 0600);
        !written)
        return std::unexpected(written.error());
    return std::move(checked->directory);
}

Result<std::string> node_line(const Configuration& configuration, const NodeKeys& keys, Time now) {
    DirectoryNode node;
    node.id = configuration.id;
    node.country = configuration.country;
    node.name = configuration.name;
    node.languages = configuration.languages;
    node.services = configuration.services;
    node.endpoints = configuration.federation.endpoints;
    if (!keys.identity)
        return fail(Fault::not_found,
                    "the identity key of this node is kept offline: bring its file, and name it "
                    "with sanad keys bundle --identity");
    const auto& next = keys.next;
    node.keys = federation::sign_key_bundle(
        configuration.id, *keys.identity,
        (next.signing ? *next.signing : keys.signing).public_key(),
        (next.sealing ? *next.sealing : keys.sealing).public_key(),
        (next.transport ? *next.transport : keys.transport).public_key(), now);
    const std::string line = federation::format_node_line(node);
    if (const auto good = federation::parse_node_line(line); !good)
        return fail(good.error().fault, "node.toml does not make a node line (" +
                                            good.error().detail +
                                            "): correct name, languages, services and endpoints");
    return std::string(node_keyword) + line + "\n";
}

}  // namespace sanad::node
