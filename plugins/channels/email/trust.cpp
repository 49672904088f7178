#include "plugins/channels/email/trust.h"

#include "plugins/channels/email/addresses.h"

#include <algorithm>

namespace sanad::email {
namespace {

// Comments and quoted strings may hold anything, also what looks like a result.
std::string without_comments(std::string_view value) {
    std::string plain;
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const char c = value[at];
        if (c == '\\' && (quoted || depth > 0)) {
            ++at;
        } else if (c == '"' && depth == 0) {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')' && depth > 0) {
            --depth;
        } else if (depth == 0) {
            plain += c;
        }
    }
    return plain;
}

Verdict verdict_of(std::string_view result) {
    if (result == "pass") return Verdict::pass;
    const bool fail = result == "fail" || result == "softfail" || result == "hardfail";
    return fail ? Verdict::fail : Verdict::none;
}

// Of several results of one method, such as two signatures, one that passes is enough.
void take(Verdict& to, Verdict now) {
    if (to == Verdict::pass || now == Verdict::none) return;
    to = now;
}

bool is_bulk(std::string_view precedence) {
    for (const auto* word : {"bulk", "junk", "list", "auto_reply"})
        if (same_ignoring_case(trim(precedence), word)) return true;
    return false;
}

}  // namespace

Sending read_sending(const Headers& headers) {
    Sending sending;
    for (const auto& [name, value] : headers) {
        if (name == "return-path" && !sending.envelope_sender) {
            const auto found = read_addresses(value, 1);
            const bool nobody = value.find("<>") != std::string::npos;
            if (nobody || !found.empty())
                sending.envelope_sender = nobody ? std::string() : found.front().mailbox;
        } else if (name == "auto-submitted") {
            const auto word = trim(std::string_view(value).substr(0, value.find_first_of(";(")));
            sending.automatic = sending.automatic || !same_ignoring_case(word, "no");
        } else if (name == "x-autoreply" || name == "x-autorespond" || name == "x-autorespond-to") {
            sending.automatic = sending.automatic || !same_ignoring_case(trim(value), "no");
        } else if (name == "x-auto-response-suppress") {
            sending.suppress = sending.suppress || !same_ignoring_case(trim(value), "none");
        } else if (name == "precedence") {
            sending.bulk = sending.bulk || is_bulk(value);
        } else if (name.starts_with("list-")) {
            sending.list = true;
        } else if (name == "received") {
            ++sending.received;
        }
    }
    return sending;
}

Authentication read_authentication(const Headers& headers, std::string_view authserv) {
    Authentication found;
    const auto* value = find(headers, "authentication-results");
    if (!value || authserv.empty()) return found;
    const std::string plain = without_comments(*value);
    std::string_view rest = plain;
    const auto first = std::min(rest.find(';'), rest.size());
    const auto server = trim(rest.substr(0, first));
    if (!same_ignoring_case(server.substr(0, server.find_first_of(" \t")), authserv)) return found;
    while (rest.find(';') != rest.npos) {
        rest.remove_prefix(rest.find(';') + 1);
        const auto one = trim(rest.substr(0, rest.find(';')));
        const auto sign = one.find('=');
        if (sign == one.npos) continue;
        const auto method = lower(trim(one.substr(0, std::min(one.find('/'), sign))));
        const auto after = trim(one.substr(sign + 1));
        const auto result = verdict_of(lower(after.substr(0, after.find_first_of(" \t"))));
        if (method == "spf") take(found.spf, result);
        if (method == "dkim") take(found.dkim, result);
        if (method == "dmarc") take(found.dmarc, result);
    }
    return found;
}

}  // namespace sanad::email
