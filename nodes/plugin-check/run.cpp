#include "nodes/plugin-check/run.h"

#include "nodes/plugin-check/child.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

namespace sanad::plugin_check {

namespace {

namespace fs = std::filesystem;

Result<Bytes> content_of(const fs::path& file) {
    std::error_code fault;
    const auto size = fs::file_size(file, fault);
    if (fault) return fail(Fault::not_found, file.string() + ": no such file");
    if (size > plugins::plugin_file_bytes_max)
        return fail(Fault::bad_size, file.string() + ": larger than a plugin may be");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return fail(Fault::denied, file.string() + ": may not be read");
    return Bytes(std::istreambuf_iterator<char>(stream), {});
}

fs::path find_plugin_host() {
    std::error_code fault;
    const fs::path program = fs::read_symlink("/proc/self/exe", fault).parent_path();
    // libexec/sanad, where both are installed, or nodes/plugin-check of a build tree.
    for (const fs::path& folder : {program, program / "../plugin-host"})
        if (const auto host = folder / "sanad-plugin-host"; fs::exists(host, fault))
            return host.lexically_normal();
    return "sanad-plugin-host";
}

// A store's files are given to nobody but who runs in the node's own process.
bool can_run(const Check& check, Mode mode, std::optional<plugins::Kind> kind) {
    return mode != Mode::isolated || kind != plugins::Kind::storage || check.suite == Suite::load;
}

bool is_chosen(const Check& check, const Choice& choice) {
    return choice.only.empty() || check.id.starts_with(choice.only);
}

Finding run_one(const Check& check, const Subject& subject, Mode mode, const Check* closed_gate) {
    Finding finding{check.id, check.suite, mode, check.title, check.mend, {}, {}};
    if (closed_gate) {
        finding.verdict = skipped(closed_gate->id + " did not pass");
        return finding;
    }
    const auto begin = std::chrono::steady_clock::now();
    finding.verdict = run_in_child(check, subject, mode);
    finding.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
    return finding;
}

}  // namespace

std::vector<Check> all_checks(std::optional<plugins::Kind> kind) {
    std::vector<Check> all = static_checks();
    const auto add = [&all](std::vector<Check> more) {
        std::ranges::move(more, std::back_inserter(all));
    };
    add(load_checks());
    if (!kind) return all;
    add(behaviour_checks());
    add(message_checks());
    add(crash_checks());
    add(kind_checks(*kind));
    add(soak_checks());
    return all;
}

Result<Report> run_checks(const Choice& choice) {
    std::error_code fault;
    Subject subject;
    subject.file = fs::absolute(choice.file, fault);
    auto content = content_of(subject.file);
    if (!content) return std::unexpected(content.error());
    subject.library = std::move(*content);
    if (auto read = plugins::read_plugin(ByteView(subject.library))) subject.plugin = *read;
    subject.settings = choice.settings;
    subject.plugin_host = choice.plugin_host.empty() ? find_plugin_host() : choice.plugin_host;
    subject.seed = choice.seed;

    Report report{choice.file.string(), {}, {}, {}, choice.seed, {}, true};
    report.whole = choice.only.empty() && choice.modes.size() == 2;
    std::optional<plugins::Kind> kind;
    if (subject.plugin) {
        kind = subject.plugin->manifest.kind;
        report.plugin = subject.plugin->manifest.id;
        report.version = subject.plugin->manifest.version;
        report.kind = plugins::name(*kind);
    }
    const std::vector<Check> checks = all_checks(kind);
    const Check* closed_gate = nullptr;
    for (const Check& check : checks) {
        if (!is_chosen(check, choice)) continue;
        for (const Mode mode : check.modes) {
            if (mode != Mode::none && std::ranges::find(choice.modes, mode) == choice.modes.end())
                continue;
            if (!can_run(check, mode, kind)) continue;
            report.findings.push_back(run_one(check, subject, mode, closed_gate));
            if (check.gate && report.findings.back().verdict.outcome != Outcome::passed)
                closed_gate = &check;
        }
    }
    if (report.findings.empty()) return fail(Fault::invalid, choice.only + ": no check of this id");
    return report;
}

}  // namespace sanad::plugin_check
