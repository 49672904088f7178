#include "core/federation/directory.h"

#include "core/base/time_text.h"
#include "core/federation/directory_lines.h"
#include "core/federation/directory_values.h"

#include <algorithm>
#include <array>
#include <set>

namespace sanad::federation {
namespace {

constexpr std::string_view format_line = "sanad-directory/v1";
constexpr std::string_view format_family = "sanad-directory/";

std::unexpected<Error> malformed(std::string_view what) {
    return fail(Fault::malformed, "directory: " + std::string(what));
}

std::unexpected<Error> contradiction(const std::string& what) {
    return fail(Fault::invalid, "directory: " + what);
}

Result<void> read_head(LineReader& lines, Directory& directory) {
    const auto format = lines.next("");
    if (format != format_line) {
        if (format && format->starts_with(format_family))
            return fail(Fault::unsupported, "directory: a later format");
        return malformed("not a directory");
    }
    const auto federation = lines.next("federation ");
    if (!federation || !is_code(*federation, federation_name_bytes_max, '-'))
        return malformed("federation");
    directory.federation = *federation;
    const auto version = read_number(lines.next("version "));
    if (!version || *version == 0 || *version > directory_version_max) return malformed("version");
    directory.version = *version;
    const auto issued = read_second(lines.next("issued "));
    const auto expires = read_second(lines.next("expires "));
    if (!issued || !expires) return malformed("issued or expires");
    directory.issued = *issued;
    directory.expires = *expires;
    const auto threshold = read_number(lines.next("threshold "));
    if (!threshold || *threshold > stewards_max) return malformed("threshold");
    directory.threshold = std::uint32_t(*threshold);
    return {};
}

Result<void> read_stewards(LineReader& lines, Directory& directory) {
    while (const auto line = lines.next("steward ")) {
        if (directory.stewards.size() == stewards_max)
            return fail(Fault::exhausted, "directory: too many stewards");
        auto steward = trust::parse_verifier(*line);
        if (!steward) return std::unexpected(steward.error());
        directory.stewards.push_back(std::move(*steward));
    }
    return {};
}

Result<void> read_nodes(LineReader& lines, Directory& directory) {
    while (const auto line = lines.next("node ")) {
        if (directory.nodes.size() == nodes_max)
            return fail(Fault::exhausted, "directory: too many nodes");
        auto node = parse_node_line(*line);
        if (!node) return std::unexpected(node.error());
        directory.nodes.push_back(std::move(*node));
    }
    if (!lines.at_end()) return malformed("a line that is none of the format's");
    return {};
}

Result<void> check_stewards(const Directory& directory) {
    std::set<std::string> names;
    for (const trust::Verifier& steward : directory.stewards) {
        if (steward.type != trust::SignatureType::ed25519)
            return contradiction("steward " + steward.name + ": type of key");
        if (!names.insert(steward.name).second)
            return contradiction("steward " + steward.name + ": twice");
    }
    if (directory.threshold == 0 || directory.threshold > directory.stewards.size())
        return contradiction("threshold: want 1 to the number of stewards");
    return {};
}

// A key in two places would let one owner pass for another, or a stolen key do more than its work.
Result<void> check_distinct_keys(const Directory& directory) {
    std::set<std::array<std::uint8_t, 32>> keys;
    for (const trust::Verifier& steward : directory.stewards) {
        if (!keys.insert(steward.key).second)
            return contradiction("steward " + steward.name + ": another steward's key");
    }
    for (const DirectoryNode& node : directory.nodes) {
        for (const auto& key : {node.keys.identity, node.keys.signing, node.keys.sealing.bytes,
                                node.keys.transport.bytes}) {
            if (!keys.insert(key).second)
                return contradiction("node " + node.id.text + ": a key that stands elsewhere too");
        }
    }
    return {};
}

Result<void> check_nodes(const Directory& directory) {
    std::set<NodeId> ids;
    for (const DirectoryNode& node : directory.nodes) {
        if (!ids.insert(node.id).second) return contradiction("node " + node.id.text + ": twice");
        if (const auto keys = verify_key_bundle(node.id, node.keys); !keys) return keys;
    }
    return {};
}

Result<void> check(const Directory& directory) {
    if (directory.expires <= directory.issued) return contradiction("expires before it is issued");
    if (const auto stewards = check_stewards(directory); !stewards) return stewards;
    if (const auto keys = check_distinct_keys(directory); !keys) return keys;
    return check_nodes(directory);  // last, because it is the dear one: a signature for each node
}

}  // namespace

Result<Directory> parse_directory(std::string_view text) {
    if (text.size() > trust::note_bytes_max) return fail(Fault::bad_size, "directory");
    LineReader lines(text);
    Directory directory;
    if (const auto read = read_head(lines, directory); !read) return std::unexpected(read.error());
    if (const auto read = read_stewards(lines, directory); !read)
        return std::unexpected(read.error());
    if (const auto read = read_nodes(lines, directory); !read) return std::unexpected(read.error());
    if (const auto good = check(directory); !good) return std::unexpected(good.error());
    return directory;
}

Result<std::string> write_directory(const Directory& directory) {
    std::string text(format_line);
    text += "\nfederation " + directory.federation;
    text += "\nversion " + std::to_string(directory.version);
    text += "\nissued " + format_time(directory.issued);
    text += "\nexpires " + format_time(directory.expires);
    text += "\nthreshold " + std::to_string(directory.threshold) + "\n";
    for (const trust::Verifier& steward : directory.stewards)
        text += "steward " + format(steward) + "\n";
    for (const DirectoryNode& node : directory.nodes)
        text += "node " + format_node_line(node) + "\n";

    // What a value with a space or a newline in it would write is not what was meant.
    const auto read = parse_directory(text);
    if (!read) return std::unexpected(read.error());
    if (*read != directory) return malformed("a value that cannot be written");
    return text;
}

const DirectoryNode* find_node(const Directory& directory, const NodeId& id) {
    const auto found = std::ranges::find(directory.nodes, id, &DirectoryNode::id);
    return found == directory.nodes.end() ? nullptr : &*found;
}

const DirectoryNode* find_node(const Directory& directory, const trust::TransportPublicKey& key) {
    const auto found = std::ranges::find_if(
        directory.nodes, [&key](const DirectoryNode& node) { return node.keys.transport == key; });
    return found == directory.nodes.end() ? nullptr : &*found;
}

Validity validity(const Directory& directory, Time now, Duration grace) {
    if (now + directory_clock_slack < directory.issued) return Validity::not_yet;
    if (now < directory.expires) return Validity::valid;
    return now < directory.expires + grace ? Validity::expired_soft : Validity::expired_hard;
}

}  // namespace sanad::federation
