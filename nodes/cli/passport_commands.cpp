// sanad passport: one file that proves a referral, offline and years later.
#include "core/node/files.h"
#include "core/node/passport_words.h"
#include "core/node/toml_document.h"
#include "core/node/trust_file.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <optional>

namespace sanad::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string referral, file, trust;
};

// Asks for piece after piece; the first tells how long the file is and what it hashes to.
int export_pieces(const Common& common, const Options& options) {
    std::string content, file;
    std::uint64_t total = 1;
    while (content.size() < total) {
        const int ended = ask_then(
            common,
            [&](door::Request::Builder request) {
                auto piece = request.initPassportPiece();
                piece.setReferral(text_for(options.referral));
                piece.setOffset(content.size());
                piece.setFile({reinterpret_cast<const kj::byte*>(file.data()), file.size()});
            },
            [&](door::Reply::Reader reply) {
                const auto piece = reply.getPassportPiece();
                const auto bytes = piece.getBytes();
                const auto hash = piece.getFile();
                if (piece.getOffset() != content.size() || bytes.size() == 0)
                    return complain("the node sent another piece: ask again", exit_refused);
                total = piece.getTotal();
                file.assign(reinterpret_cast<const char*>(hash.begin()), hash.size());
                content.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
                return exit_done;
            });
        if (ended != exit_done) return ended;
    }
    if (const auto written = node::create_file(options.file, content, 0600); !written)
        return complain(written.error(), exit_refused);
    const std::string size = std::to_string(content.size());
    return print(common.json
                     ? "{\"file\":" + node::json_string(options.file) + ",\"bytes\":" + size + "}\n"
                     : "wrote " + shown(options.file) + ", " + size + " bytes\n");
}

void add_export(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, "export", "Write a referral's passport into a new file",
                                "sanad passport export 01890a5d-ac96-774b-bcce-b302099a8057 "
                                "referral.passport");
    add_word(*command, "referral", options->referral, "the referral's id");
    add_word(*command, "file", options->file, "the file to make");
    choose(*command, chosen,
           [options](const Common& common) { return export_pieces(common, *options); });
}

// The stewards to judge by: the file that was named, else the node's own when a node was named.
Result<std::optional<node::TrustedStewards>> stewards_for(const Common& common,
                                                          const std::string& file) {
    fs::path path = file;
    if (path.empty() && !common.data.empty()) path = fs::path(common.data) / "trust.txt";
    if (path.empty()) return std::optional<node::TrustedStewards>();
    const auto text = node::read_file(path, node::trust_file_bytes_max, node::FileTrust::any);
    if (!text) return std::unexpected(text.error());
    auto trusted = node::parse_trust(*text);
    if (!trusted)
        return fail(trusted.error().fault, path.string() + ": is no trust file (" +
                                               trusted.error().detail +
                                               "): make one with sanad directory trust");
    return std::optional(std::move(*trusted));
}

enum class Judging : std::uint8_t { wanted, not_wanted };

int run_judge(const Common& common, const Options& options, Judging judging) {
    std::optional<node::TrustedStewards> trusted;
    if (judging == Judging::wanted) {
        auto stewards = stewards_for(common, options.trust);
        if (!stewards) return complain(stewards.error(), exit_refused);
        if (!*stewards)
            return complain(
                "whom do you trust: use --trust with the stewards' keys, or sanad passport show",
                exit_usage);
        trusted = std::move(*stewards);
    }
    const auto file =
        node::read_file(options.file, node::passport_file_bytes_max, node::FileTrust::any);
    if (!file) return complain(file.error(), exit_refused);
    const auto words = node::describe_passport(bytes_of(*file), trusted);
    if (!words) {
        if (common.json)
            print(std::string("{\"passport\":\"invalid\",\"fault\":\"") +
                  name(words.error().fault) + "\"}\n");
        return complain(options.file + ": is not valid (" + words.error().detail +
                            "): keep it, and ask both nodes for theirs",
                        exit_refused);
    }
    return print(common.json ? words->json + "\n" : shown_prose(words->text, ""));
}

void add_judge(CLI::App& group, Chosen& chosen, const std::string& name, const std::string& help,
               Judging judging) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(group, name, help,
                                "sanad passport " + name + " referral.passport" +
                                    (judging == Judging::wanted ? " --trust trust.txt" : ""));
    add_word(*command, "file", options->file, "the passport");
    if (judging == Judging::wanted)
        add_word(*command, "--trust", options->trust,
                 "the stewards whom you trust [the data folder's trust.txt]");
    choose(*command, chosen, [options, judging](const Common& common) {
        return run_judge(common, *options, judging);
    });
}

}  // namespace

void add_passport_commands(CLI::App& app, Chosen& chosen) {
    auto* group =
        add_group(app, "passport", "One file that proves a referral, offline and years later");
    add_export(*group, chosen);
    add_judge(*group, chosen, "verify", "Judge a passport by the stewards you trust; needs no node",
              Judging::wanted);
    add_judge(*group, chosen, "show", "What is in a passport, whoever made it; needs no node",
              Judging::not_wanted);
}

}  // namespace sanad::cli
