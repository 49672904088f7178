#include "core/node/directory_words.h"

#include "core/base/join.h"
#include "core/base/time_text.h"
#include "core/federation/directory_lines.h"
#include "core/federation/directory_trust.h"
#include "core/node/ceremony.h"
#include "core/trust/key_words.h"

#include <algorithm>

namespace sanad::node {
namespace {

using federation::Directory;
using federation::DirectoryNode;

std::string listed(const std::vector<std::string>& words) {
    const std::string joined = join(words, ", ");
    return joined.empty() ? "none" : joined;
}

const char* words_for(federation::Validity validity) {
    switch (validity) {
        case federation::Validity::not_yet:
            return "issued later than now: check this machine's clock";
        case federation::Validity::valid:
            return "valid now";
        case federation::Validity::expired_soft:
            return "expired: ask the stewards for the next one";
        case federation::Validity::expired_hard:
            return "expired for long: ask the stewards for the next one";
    }
    return "";
}

void describe_stewards(std::string& out, const Directory& directory, std::string_view text,
                       const std::vector<trust::NoteSignature>& signatures) {
    out += "must be signed by " + std::to_string(directory.threshold) + " of these stewards:\n";
    for (const trust::Verifier& steward : directory.stewards) {
        const bool has_signed = std::ranges::any_of(signatures, [&](const auto& signature) {
            return trust::is_signed_by(text, signature, steward);
        });
        out += "  " + steward.name + (has_signed ? "  has signed" : "  has not signed") + "\n" +
               key_line(steward.key);
    }
}

void describe_nodes(std::string& out, const Directory& directory) {
    out += "nodes:\n";
    for (const DirectoryNode& node : directory.nodes) {
        out += "  " + node.id.text + "  " + node.name +
               (node.status == federation::NodeStatus::active ? "" : "  REVOKED") + "\n";
        out += "    languages " + listed(node.languages) + "; services " + listed(node.services) +
               "\n";
        out += node.endpoints.empty() ? "    dials the others itself\n"
                                      : "    reached at " + listed(node.endpoints) + "\n";
        out += "    keys of " + format_time(node.keys.issued) + ", identity:\n" +
               key_line(node.keys.identity);
    }
    if (directory.nodes.empty()) out += "  none yet: add them with sanad directory add\n";
}

void compare_value(std::string& out, const std::string& what, const std::string& before,
                   const std::string& after) {
    if (before != after) out += "  " + what + ": " + before + " -> " + after + "\n";
}

void compare_stewards(std::string& out, const Directory& before, const Directory& after) {
    compare_value(out, "stewards who must sign", std::to_string(before.threshold),
                  std::to_string(after.threshold));
    for (const auto& steward : before.stewards)
        if (std::ranges::find(after.stewards, steward) == after.stewards.end())
            out += "- steward " + steward.name + "\n" + key_line(steward.key);
    for (const auto& steward : after.stewards)
        if (std::ranges::find(before.stewards, steward) == before.stewards.end())
            out += "+ steward " + steward.name + "\n" + key_line(steward.key);
}

std::string changed_keys(const federation::KeyBundle& before, const federation::KeyBundle& after) {
    std::vector<std::string> changed;
    if (before.identity != after.identity) changed.emplace_back("IDENTITY");
    if (before.signing != after.signing) changed.emplace_back("signing");
    if (before.sealing != after.sealing) changed.emplace_back("sealing");
    if (before.transport != after.transport) changed.emplace_back("transport");
    if (changed.empty()) changed.emplace_back("none, signed anew");
    return listed(changed);
}

void compare_node(std::string& out, const DirectoryNode& before, const DirectoryNode& after) {
    if (before == after) return;
    out += "* node " + after.id.text + "\n";
    compare_value(out, "name", before.name, after.name);
    compare_value(out, "languages", listed(before.languages), listed(after.languages));
    compare_value(out, "services", listed(before.services), listed(after.services));
    compare_value(out, "reached at", listed(before.endpoints), listed(after.endpoints));
    if (before.status != after.status)
        out += after.status == federation::NodeStatus::active ? "  ACTIVE AGAIN\n" : "  REVOKED\n";
    if (before.keys == after.keys) return;
    out += "  new keys: " + changed_keys(before.keys, after.keys) + "; identity:\n" +
           key_line(after.keys.identity);
}

void compare_nodes(std::string& out, const Directory& before, const Directory& after) {
    for (const auto& node : before.nodes)
        if (find_node(after, node.id) == nullptr)
            out += "- node " + node.id.text + "  " + node.name + "\n";
    for (const auto& node : after.nodes) {
        const auto* old = find_node(before, node.id);
        if (old != nullptr)
            compare_node(out, *old, node);
        else
            out +=
                "+ node " + node.id.text + "  " + node.name + "\n" + key_line(node.keys.identity);
    }
}

}  // namespace

std::string key_line(const std::array<std::uint8_t, 32>& key) {
    return "      " + trust::key_words(key) + "\n      " + trust::key_digits(key) + "\n";
}

std::string describe_keys(const Directory& directory) {
    std::string out;
    for (const auto& steward : directory.stewards)
        out += "  steward " + steward.name + "\n" + key_line(steward.key);
    for (const auto& node : directory.nodes)
        out += "  node " + node.id.text + ", identity\n" + key_line(node.keys.identity);
    return out;
}

std::string identity_words(std::string_view node_line) {
    while (node_line.ends_with('\n')) node_line.remove_suffix(1);
    if (!node_line.starts_with("node ")) return "";
    const auto node = federation::parse_node_line(node_line.substr(5));
    return node ? key_line(node->keys.identity) : "";
}

Result<std::string> compare_directories(std::string_view before, std::string_view after) {
    const auto old = read_directory(before);
    if (!old) return std::unexpected(old.error());
    const auto fresh = read_directory(after);
    if (!fresh) return std::unexpected(fresh.error());
    std::string out;
    compare_value(out, "FEDERATION", old->federation, fresh->federation);
    compare_value(out, "version", std::to_string(old->version), std::to_string(fresh->version));
    compare_value(out, "from", format_time(old->issued), format_time(fresh->issued));
    compare_value(out, "to", format_time(old->expires), format_time(fresh->expires));
    compare_stewards(out, *old, *fresh);
    compare_nodes(out, *old, *fresh);
    return out.empty() ? "nothing is different\n" : out;
}

Result<std::string> describe_directory(std::string_view draft_or_note, Time now) {
    const auto directory = read_directory(draft_or_note);
    if (!directory) return std::unexpected(directory.error());
    const auto note = trust::parse_note(draft_or_note);
    std::string out = "federation " + directory->federation + ", version " +
                      std::to_string(directory->version) +
                      (note ? "" : ", a draft that nobody has signed") + "\n";
    out += "from " + format_time(directory->issued) + " to " + format_time(directory->expires) +
           ": " + words_for(federation::validity(*directory, now)) + "\n";
    describe_stewards(out, *directory, note ? note->text : std::string(draft_or_note),
                      note ? note->signatures : std::vector<trust::NoteSignature>());
    describe_nodes(out, *directory);
    return out;
}

}  // namespace sanad::node
