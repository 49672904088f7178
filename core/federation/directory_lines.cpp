#include "core/federation/directory_lines.h"

#include "core/base/join.h"
#include "core/base/split.h"
#include "core/base/text.h"
#include "core/federation/directory_values.h"

#include <algorithm>
#include <set>

namespace sanad::federation {
namespace {

std::unexpected<Error> malformed(const std::string& what) {
    return fail(Fault::malformed, "directory: node line: " + what);
}

bool is_endpoint(std::string_view text) { return check_endpoint(text).has_value(); }

// A comma-separated list of at most `count_max` different words; an empty text is an empty list.
bool read_list(std::string_view text, std::size_t count_max, bool (*is_word)(std::string_view),
               std::vector<std::string>& to) {
    if (text.empty()) return true;
    const auto words = split(text, ',');
    if (words.size() > count_max || !std::ranges::all_of(words, is_word)) return false;
    if (std::set(words.begin(), words.end()).size() != words.size()) return false;
    to.assign(words.begin(), words.end());
    return true;
}

// The value behind `field` at the start of `line`, up to `end`; all three are taken off.
std::optional<std::string_view> take(std::string_view& line, std::string_view field,
                                     std::string_view end) {
    if (!line.starts_with(field)) return {};
    line.remove_prefix(field.size());
    const auto size = line.find(end);
    if (size == std::string_view::npos) return {};
    const auto value = line.substr(0, size);
    line.remove_prefix(size + end.size());
    return value;
}

}  // namespace

std::optional<std::string_view> LineReader::next(std::string_view keyword) {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos || !rest_.starts_with(keyword)) return {};
    const auto line = rest_.substr(keyword.size(), end - keyword.size());
    rest_.remove_prefix(end + 1);
    return line;
}

Result<DirectoryNode> parse_node_line(std::string_view line) {
    DirectoryNode node;
    auto id = parse_node_id(take(line, "", " ").value_or(""));
    if (!id) return std::unexpected(id.error());
    node.id = std::move(*id);
    const auto bad = [&node](const std::string& field) {
        return malformed(node.id.text + ": " + field);
    };
    node.country = take(line, "country=", " ").value_or("");
    const auto upper = [](char c) { return char(c - 'a' + 'A'); };
    if (node.country != std::string{upper(node.id.text[0]), upper(node.id.text[1])})
        return bad("country");
    node.name = take(line, "name=\"", "\" ").value_or("");
    if (!check_label(node.name, node_name_bytes_max) || node.name.find('"') != std::string::npos)
        return bad("name");
    if (!read_list(take(line, "languages=", " ").value_or(""), node_languages_max, is_language,
                   node.languages) ||
        node.languages.empty())
        return bad("languages");
    const auto services = take(line, "services=", " ");
    if (!services || !read_list(*services, node_services_max, is_service, node.services))
        return bad("services");
    const auto endpoints = take(line, "endpoints=", " ");
    if (!endpoints || !read_list(*endpoints, node_endpoints_max, is_endpoint, node.endpoints))
        return bad("endpoints");
    const auto keys = parse_key_bundle(take(line, "keys=", " ").value_or(""));
    if (!keys) return bad("keys");
    node.keys = *keys;
    if (line == "status=revoked") {
        node.status = NodeStatus::revoked;
    } else if (line != "status=active") {
        return bad("status");
    }
    return node;
}

std::string format_node_line(const DirectoryNode& node) {
    return node.id.text + " country=" + node.country + " name=\"" + node.name +
           "\" languages=" + join(node.languages, ",") + " services=" + join(node.services, ",") +
           " endpoints=" + join(node.endpoints, ",") + " keys=" + format(node.keys) +
           " status=" + (node.status == NodeStatus::active ? "active" : "revoked");
}

}  // namespace sanad::federation
