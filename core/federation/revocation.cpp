#include "core/federation/revocation.h"

#include "core/base/time_text.h"
#include "core/federation/directory_lines.h"
#include "core/federation/directory_values.h"

#include <vector>

namespace sanad::federation {
namespace {

constexpr std::string_view format_line = "sanad-revocation/v1";
constexpr std::string_view format_family = "sanad-revocation/";

std::unexpected<Error> malformed(const std::string& what) {
    return fail(Fault::malformed, "revocation: " + what);
}

std::string text_of_notice(const Revocation& notice) {
    return std::string(format_line) + "\nfederation " + notice.federation + "\nnode " +
           notice.node.text + "\nissued " + format_time(notice.issued) + "\nreason " +
           notice.reason + "\n";
}

Result<Revocation> parse_text(const std::string& text) {
    LineReader lines(text);
    const auto format = lines.next("");
    if (format != format_line) {
        if (format && format->starts_with(format_family))
            return fail(Fault::unsupported, "revocation: a later format");
        return malformed("not a revocation");
    }
    Revocation notice;
    const auto federation = lines.next("federation ");
    if (!federation || !is_code(*federation, federation_name_bytes_max, '-'))
        return malformed("federation");
    notice.federation = *federation;
    auto node = parse_node_id(lines.next("node ").value_or(""));
    if (!node) return std::unexpected(node.error());
    notice.node = std::move(*node);
    const auto issued = read_second(lines.next("issued "));
    if (!issued) return malformed("issued");
    notice.issued = *issued;
    const auto reason = lines.next("reason ");
    if (!reason || !is_code(*reason, revocation_reason_bytes_max, '_')) return malformed("reason");
    notice.reason = *reason;
    if (!lines.at_end()) return malformed("a line that is none of the format's");
    return notice;
}

}  // namespace

Result<std::string> sign_revocation(const Directory& directory, const NodeId& node,
                                    std::string_view reason, const trust::SigningKey& key,
                                    std::string_view signer, Time now) {
    const Revocation notice{.federation = directory.federation,
                            .node = node,
                            .issued = {now.ms - now.ms % 1000},
                            .reason = std::string(reason),
                            .by = {},
                            .note = {}};
    const auto text = text_of_notice(notice);
    if (const auto read = parse_text(text); !read) return std::unexpected(read.error());
    return trust::sign_note(text, key, signer);
}

bool strikes(const Revocation& notice, const DirectoryNode& node) {
    return notice.node == node.id && node.keys.issued <= notice.issued;
}

Result<Revocation> verify_revocation(const Directory& directory, std::string_view note, Time now) {
    if (note.size() > revocation_bytes_max) return fail(Fault::bad_size, "revocation");
    const auto parsed = trust::parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    auto notice = parse_text(parsed->text);
    if (!notice) return notice;
    if (notice->federation != directory.federation)
        return fail(Fault::invalid, "revocation: of another federation");
    const auto* node = find_node(directory, notice->node);
    if (node == nullptr) return fail(Fault::not_found, "revocation: no such node");
    std::vector<trust::Verifier> may{
        {node->id.text, trust::SignatureType::ed25519, node->keys.identity}};
    may.insert(may.end(), directory.stewards.begin(), directory.stewards.end());
    const auto signers = trust::verify_note(*parsed, may);
    if (!signers) return std::unexpected(signers.error());
    if (notice->issued > now + directory_clock_slack)
        return fail(Fault::invalid, "revocation: issued later than now");
    if (notice->lapses() <= now) return fail(Fault::expired, "revocation_lapsed");
    if (!strikes(*notice, *node)) return fail(Fault::denied, "revocation_of_older_keys");
    notice->by = signers->front();
    notice->note = std::string(note);
    return notice;
}

}  // namespace sanad::federation
