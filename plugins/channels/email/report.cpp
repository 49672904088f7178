#include "plugins/channels/email/report.h"

#include "plugins/channels/email/addresses.h"

#include <algorithm>

namespace sanad::email {
namespace {

constexpr std::size_t ids_max = 20;
constexpr std::size_t recipients_max = 20;
constexpr std::size_t groups_max = 100;
constexpr std::size_t text_looked_at_max = 64U << 10;

void add(std::vector<std::string>& to, std::string value, std::size_t most) {
    if (!value.empty() && to.size() < most && std::ranges::find(to, value) == to.end())
        to.push_back(std::move(value));
}

// "rfc822; name@example.org"
std::string recipient_of(std::string_view value) {
    const auto sign = value.find(';');
    auto address = trim(sign == value.npos ? value : value.substr(sign + 1));
    if (address.starts_with('<') && address.ends_with('>'))
        address = address.substr(1, address.size() - 2);
    return is_mailbox(address) ? std::string(address) : std::string();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "5.1.1" at the front of `text`, as RFC 3463 has it.
std::string status_at(std::string_view text) {
    if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5')) return {};
    std::size_t at = 1, points = 0;
    for (; at < text.size() && at < 9 && (is_digit(text[at]) || text[at] == '.'); ++at)
        points += text[at] == '.';
    auto status = text.substr(0, at);
    if (status.ends_with('.')) status.remove_suffix(1), --points;
    const bool good = points == 2 && text[1] == '.' && status.find("..") == status.npos;
    return good ? std::string(status) : std::string();
}

std::string status_in(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.')) continue;
        if (auto status = status_at(text.substr(at)); !status.empty() && status[0] != '2')
            return status;
    }
    return {};
}

struct Found {
    bool failed = false, delayed = false, arrived = false, read = false;
};

// The groups of a message/delivery-status are headers, parted by empty lines.
void read_status(std::string_view bytes, Report& report, Found& found) {
    for (std::size_t group = 0; group < groups_max && !trim(bytes).empty(); ++group) {
        const auto start = bytes.find_first_not_of("\r\n");
        bytes.remove_prefix(start);
        const auto block = read_headers(bytes);
        if (block.bytes == 0) break;
        bytes.remove_prefix(std::min(block.bytes, bytes.size()));
        const auto action = lower(trim(value_of(block.headers, "action")));
        const auto status = status_at(trim(value_of(block.headers, "status")));
        const bool failed =
            action.starts_with("failed") || (action.empty() && status.starts_with('5'));
        found.failed = found.failed || failed;
        found.delayed = found.delayed || action.starts_with("delayed");
        found.arrived = found.arrived || action.starts_with("delivered") ||
                        action.starts_with("relayed") || action.starts_with("expanded");
        if (!status.empty() && (report.status.empty() || failed)) report.status = status;
        const auto final_one = recipient_of(value_of(block.headers, "final-recipient"));
        if (failed) add(report.recipients, final_one, recipients_max);
        for (const auto name : {"original-message-id", "x-original-message-id"})
            for (auto& id : read_message_ids(value_of(block.headers, name), 1))
                add(report.message_ids, std::move(id), ids_max);
    }
}

void read_header_of_mail(std::string_view bytes, Report& report) {
    const auto block = read_headers(bytes);
    for (auto& id : read_message_ids(value_of(block.headers, "message-id"), 1))
        add(report.message_ids, std::move(id), ids_max);
}

// "Message-ID: <...>" on a line of its own, as servers give the mail back in their text.
void read_ids_in_text(std::string_view text, Report& report) {
    text = text.substr(0, text_looked_at_max);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = trim(text.substr(at, end - at));
        while (line.starts_with('>')) line = trim(line.substr(1));
        if (begins_ignoring_case(line, "message-id:"))
            for (auto& id : read_message_ids(line, 1))
                add(report.message_ids, std::move(id), ids_max);
        at = end + 1;
    }
}

}  // namespace

Report read_report(const std::vector<Part>& parts) {
    Report report;
    Found found;
    std::string words;
    for (const auto& part : parts) {
        if (part.type == "message/delivery-status" ||
            part.type == "message/global-delivery-status") {
            read_status(part.bytes, report, found);
        } else if (part.type == "message/disposition-notification") {
            found.read = true;
            read_status(part.bytes, report, found);
        } else if (part.message == 0 &&
                   (part.type == "message/rfc822" || part.type == "text/rfc822-headers" ||
                    part.type == "message/global-headers")) {
            read_header_of_mail(part.bytes, report);
        } else if (part.message == 0 && part.type.starts_with("text/")) {
            words += part.bytes.substr(0, text_looked_at_max);
        }
    }
    if (report.message_ids.empty()) read_ids_in_text(words, report);
    if (report.status.empty()) report.status = status_in(words.substr(0, text_looked_at_max));
    if (found.failed)
        report.kind = Report::Kind::failed;
    else if (found.delayed)
        report.kind = Report::Kind::delayed;
    else if (found.read)
        report.kind = Report::Kind::read;
    else if (found.arrived)
        report.kind = Report::Kind::delivered;
    else if (report.status.starts_with('4'))
        report.kind = Report::Kind::delayed;
    return report;
}

bool is_old_report(const Headers& headers, std::string_view from, bool from_nobody) {
    if (find(headers, "x-failed-recipients")) return true;
    const auto local = lower(from.substr(0, from.find('@')));
    return local == "mailer-daemon" || (local == "postmaster" && from_nobody);
}

}  // namespace sanad::email
