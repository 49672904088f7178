#include "nodes/plugin-check/report.h"

#include "nodes/cli/output.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sanad::plugin_check {

namespace {

bool all_passed(const Report& report, Suite suite) {
    bool any = false;
    for (const Finding& finding : report.findings) {
        if (finding.suite != suite) continue;
        any = true;
        if (finding.verdict.outcome != Outcome::passed) return false;
    }
    return any;
}

std::size_t count(const Report& report, Outcome outcome) {
    return static_cast<std::size_t>(std::ranges::count_if(
        report.findings,
        [outcome](const Finding& finding) { return finding.verdict.outcome == outcome; }));
}

std::string named(const Finding& finding) {
    const std::string mode = name(finding.mode);
    return finding.id + (mode.empty() ? "" : " (" + mode + ")");
}

// The first check that keeps the plugin from the next tier.
std::string why_no_more(const Report& report, Tier tier) {
    if (!report.whole) return "a part of the checks gives no tier: leave out --only and --mode";
    for (const Finding& finding : report.findings) {
        const Outcome outcome = finding.verdict.outcome;
        if (outcome == Outcome::passed) continue;
        return std::string("not ") + name(static_cast<Tier>(static_cast<int>(tier) + 1)) + ": " +
               named(finding) + " " + name(outcome);
    }
    return "not all suites were run";
}

std::string json_text(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        std::array<char, 8> escape{};
        if (c == '"' || c == '\\') {
            quoted += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            quoted += escape.data();
        } else {
            quoted += c;
        }
    }
    return quoted + "\"";
}

std::string json_field(std::string_view key, std::string_view value) {
    return json_text(key) + ": " + json_text(cli::shown(value));
}

}  // namespace

const char* name(Suite suite) {
    constexpr const char* names[] = {"static", "load", "behaviour", "kind", "soak"};
    return names[static_cast<std::size_t>(suite)];
}

const char* name(Mode mode) {
    constexpr const char* names[] = {"", "inprocess", "isolated"};
    return names[static_cast<std::size_t>(mode)];
}

const char* name(Outcome outcome) {
    constexpr const char* names[] = {"passed", "failed", "skipped"};
    return names[static_cast<std::size_t>(outcome)];
}

const char* name(Tier tier) {
    constexpr const char* names[] = {"none", "bronze", "silver", "gold"};
    return names[static_cast<std::size_t>(tier)];
}

Tier tier_of(const Report& report) {
    if (!report.whole) return Tier::none;
    if (!all_passed(report, Suite::file) || !all_passed(report, Suite::load)) return Tier::none;
    if (!all_passed(report, Suite::behaviour)) return Tier::bronze;
    const bool all = all_passed(report, Suite::kind) && all_passed(report, Suite::soak);
    return all ? Tier::gold : Tier::silver;
}

bool has_failed(const Report& report) { return count(report, Outcome::failed) > 0; }

std::string as_text(const Report& report) {
    std::string text = cli::shown(report.file) + "\n";
    if (!report.plugin.empty())
        text += report.kind + " plugin: " + cli::shown(report.plugin) + " " +
                cli::shown(report.version) + "\n";
    text += "seed " + std::to_string(report.seed) + "\n\n";
    for (const Finding& finding : report.findings) {
        const Outcome outcome = finding.verdict.outcome;
        text += std::string(outcome == Outcome::passed   ? "ok      "
                            : outcome == Outcome::failed ? "FAILED  "
                                                         : "skipped ") +
                named(finding) + ": " + finding.title + "\n";
        if (outcome == Outcome::passed) continue;
        text += "        " + cli::shown(finding.verdict.what) + "\n";
        if (outcome == Outcome::failed) text += "        to mend it: " + finding.mend + "\n";
    }
    const Tier tier = tier_of(report);
    text += "\n" + std::to_string(count(report, Outcome::passed)) + " passed, " +
            std::to_string(count(report, Outcome::failed)) + " failed, " +
            std::to_string(count(report, Outcome::skipped)) + " skipped: " + name(tier);
    return text + (tier == Tier::gold ? "" : " (" + why_no_more(report, tier) + ")") + "\n";
}

std::string as_json(const Report& report) {
    std::string json =
        "{" + json_field("file", report.file) + ", " + json_field("plugin", report.plugin) + ", " +
        json_field("version", report.version) + ", " + json_field("kind", report.kind) +
        ", \"seed\": " + std::to_string(report.seed) + ", " +
        json_field("tier", name(tier_of(report))) +
        ", \"failed\": " + (has_failed(report) ? "true" : "false") + ", \"checks\": [";
    bool first = true;
    for (const Finding& finding : report.findings) {
        json += (first ? "\n  {" : ",\n  {") + json_field("id", finding.id) + ", " +
                json_field("suite", name(finding.suite)) + ", " +
                json_field("mode", name(finding.mode)) + ", " +
                json_field("outcome", name(finding.verdict.outcome)) + ", " +
                json_field("what", finding.verdict.what) + ", " + json_field("mend", finding.mend) +
                ", \"ms\": " + std::to_string(finding.took.count()) + "}";
        first = false;
    }
    return json + "\n]}\n";
}

}  // namespace sanad::plugin_check
