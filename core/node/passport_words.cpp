#include "core/node/passport_words.h"

#include "core/base/time_text.h"
#include "core/federation/passport_verify.h"
#include "core/node/toml_document.h"

namespace sanad::node {
namespace {

using Report = federation::PassportReport;

constexpr std::string_view not_judged =
    "NOT JUDGED: no stewards were named whom you trust, so anybody may have made this file.\n"
    "Give --trust FILE with the stewards' keys, which you got from them.\n";

constexpr std::string_view limits =
    "what this does not show: whether the exporter left out the last events of a side, and with\n"
    "them all that answered them: ask the other side for its passport too. Times are those of the\n"
    "writer's clock.\n";
constexpr std::string_view limits_of_erased =
    "erased: its hashes show that entries stood at these places of the logs, and neither what "
    "they\n"
    "said nor that they were of this referral.\n";

// A referral is erased as a whole or not at all: what is erased in part is not valid.
bool is_erased(const Report& report) { return !report.events.front().message; }

const char* standing_of(const Report::Event& event) {
    return event.standing == Report::Standing::receipted ? "receipted" : "written";
}

std::string kind_of(const Report::Event& event) {
    return event.message ? std::string(casework::name(event.message->kind)) : "erased";
}

std::string event_line(const Report::Event& event) {
    std::string line = "  ";
    if (event.message) line += format_time(event.message->at) + "  ";
    line += event.by.text + "  " + kind_of(event);
    if (event.message && !event.message->reason.empty()) line += "  " + event.message->reason;
    line += event.standing == Report::Standing::receipted ? "  received by the other side"
                                                          : "  no receipt yet";
    if (event.refused != casework::Rule::none)
        line += "  without effect: " + std::string(casework::name(event.refused));
    line += "\n";
    if (!event.message)
        line += "    erased; what is left is its hash\n";
    else if (!event.message->text.empty())
        line += "    " + event.message->text + "\n";
    return line;
}

std::string node_line(const char* role, const Report::Node& node) {
    return std::string(role) + " " + node.id.text + "  " + node.name +
           (node.status == federation::NodeStatus::active ? "" : "  REVOKED: look twice") + "\n";
}

std::string text_of_report(const Report& report, const std::optional<TrustedStewards>& trusted) {
    std::string text = trusted ? "VALID\n" : std::string(not_judged);
    text += "referral " + format(report.referral) + "\n";
    text += node_line("asked by", report.asker) + node_line("asked is", report.asked);
    if (report.view) text += "state " + std::string(casework::name(report.view->state)) + "\n";
    text += "exported " + format_time(report.exported_at) + " by " +
            (report.exporter == casework::Side::asker ? report.asker : report.asked).id.text + "\n";
    text += "directory of " + report.directory.federation + ", version " +
            std::to_string(report.directory.version) + ", signed by";
    for (const trust::Verifier& steward : report.directory.signed_by) text += " " + steward.name;
    text += "\n";
    for (const Report::Log& log : report.logs)
        text += "log of " + log.writer.text + " to " + log.reader.text + ", " +
                federation::name(log.lane) + ": " + std::to_string(log.size) + " entries, " +
                std::to_string(log.receipted) + " receipted\n";
    text += "events:\n";
    for (const Report::Event& event : report.events) text += event_line(event);
    return text.append(is_erased(report) ? limits_of_erased : limits);
}

std::string event_json(const Report::Event& event) {
    std::string json = "{\"by\":" + json_string(event.by.text) +
                       ",\"index\":" + std::to_string(event.index) +
                       ",\"kind\":" + json_string(kind_of(event)) +
                       ",\"standing\":" + json_string(standing_of(event));
    if (event.message)
        json += ",\"at\":" + json_string(format_time(event.message->at)) +
                ",\"reason\":" + json_string(event.message->reason) +
                ",\"text\":" + json_string(event.message->text);
    if (event.refused != casework::Rule::none)
        json += ",\"refused\":" + json_string(casework::name(event.refused));
    return json + "}";
}

std::string json_of_report(const Report& report, const std::optional<TrustedStewards>& trusted) {
    std::string json = std::string("{\"passport\":") + (trusted ? "\"valid\"" : "\"not_judged\"");
    json += ",\"referral\":" + json_string(format(report.referral)) +
            ",\"asker\":" + json_string(report.asker.id.text) +
            ",\"asked\":" + json_string(report.asked.id.text) +
            ",\"erased\":" + (is_erased(report) ? "true" : "false") +
            ",\"state\":" + json_string(report.view ? casework::name(report.view->state) : "") +
            ",\"exportedAt\":" + json_string(format_time(report.exported_at)) +
            ",\"directory\":{\"federation\":" + json_string(report.directory.federation) +
            ",\"version\":" + std::to_string(report.directory.version) + ",\"signedBy\":[";
    for (std::size_t i = 0; i < report.directory.signed_by.size(); ++i)
        json += (i == 0 ? "" : ",") + json_string(report.directory.signed_by[i].name);
    json += "]},\"logs\":[";
    for (std::size_t i = 0; i < report.logs.size(); ++i) {
        const Report::Log& log = report.logs[i];
        json += (i == 0 ? "" : ",") + ("{\"writer\":" + json_string(log.writer.text)) +
                ",\"reader\":" + json_string(log.reader.text) +
                ",\"lane\":" + json_string(federation::name(log.lane)) +
                ",\"size\":" + std::to_string(log.size) +
                ",\"receipted\":" + std::to_string(log.receipted) + "}";
    }
    json += "],\"events\":[";
    for (std::size_t i = 0; i < report.events.size(); ++i)
        json += (i == 0 ? "" : ",") + event_json(report.events[i]);
    return json + "]}";
}

}  // namespace

Result<PassportWords> describe_passport(ByteView file,
                                        const std::optional<TrustedStewards>& trusted) {
    const auto report =
        trusted ? federation::verify_passport(file, trusted->stewards, trusted->threshold)
                : federation::show_passport(file);
    if (!report) return std::unexpected(report.error());
    return PassportWords{text_of_report(*report, trusted), json_of_report(*report, trusted)};
}

}  // namespace sanad::node
