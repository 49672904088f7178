// sanad link export and import: what two nodes have for each other, carried by hand.
#include "core/base/clock.h"
#include "core/node/courier_file.h"
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string peer, lane, out, file, receipt;
    std::uint64_t first = 0;
    bool unheard = false;
};

/// One answer of the node to an export.
struct Part {
    std::uint64_t next = 0;
    std::uint64_t size = 0;
};

/// A file in the making.
struct Making {
    node::CourierFile file;
    std::size_t bytes = node::courier_overhead_bytes;
    std::string full;  // where to go on, when the rest did not fit
};

int take_part(const Common& common, const Options& options, const std::string& lane,
              std::uint64_t first, Making& making, Part& part) {
    return ask_then(
        common,
        [&](door::Request::Builder request) {
            auto body = request.initLinkExport();
            body.setPeer(text_for(options.peer));
            body.setLane(text_for(lane));
            body.setFirst(first);
            body.setUnheard(options.unheard);
        },
        [&](door::Reply::Reader reply) {
            const auto courier = reply.getCourier();
            making.file.from = {text_of(courier.getFrom())};
            part = {courier.getNext(), courier.getSize()};
            for (const auto frame : courier.getFrames()) {
                if (making.file.frames.size() == node::courier_frames_max ||
                    making.bytes + node::courier_bytes(frame.size()) >
                        node::courier_file_bytes_max) {
                    making.full = "--lane " + lane + " --from " + std::to_string(first);
                    return exit_done;
                }
                making.file.frames.emplace_back(frame.begin(), frame.end());
                making.bytes += node::courier_bytes(frame.size());
            }
            return exit_done;
        });
}

int take_lane(const Common& common, const Options& options, const std::string& lane,
              std::uint64_t first, Making& making) {
    for (Part part{first, UINT64_MAX}; part.next < part.size && making.full.empty();) {
        const int ended = take_part(common, options, lane, part.next, making, part);
        if (ended != exit_done) return ended;
    }
    return exit_done;
}

// The greeting and the receipts first: without them the other side takes nothing.
int begin_file(const Common& common, const Options& options, Making& making) {
    making.file.to = {options.peer};
    making.file.created_at = SystemClock().now();
    Part part;
    return take_part(common, options, "", 0, making, part);
}

int write_file(const Common& common, const std::string& out, const Making& making) {
    const Bytes bytes = node::write_courier(making.file);
    if (const auto written = node::create_file(out, sanad::text_of(bytes), 0600); !written)
        return complain(written.error(), exit_refused);
    const std::string size = std::to_string(bytes.size());
    if (common.json)
        return print("{\"file\":" + node::json_string(out) + ",\"bytes\":" + size +
                     ",\"rest\":" + node::json_string(making.full) + "}\n");
    return print("wrote " + shown(out) + ", " + size + " bytes\n" +
                 (making.full.empty() ? "" : "the file is full: go on with " + making.full + "\n"));
}

int run_export(const Common& common, const Options& options) {
    Making making;
    if (const int ended = begin_file(common, options, making); ended != exit_done) return ended;
    for (const std::string lane : {"urgent", "normal"}) {
        if (!options.lane.empty() && options.lane != lane) continue;
        const int ended = take_lane(common, options, lane, options.first, making);
        if (ended != exit_done) return ended;
    }
    return write_file(common, options.out, making);
}

int give_frame(const Common& common, const node::CourierFile& file, const Bytes& frame,
               std::uint64_t& entries) {
    return ask_then(
        common,
        [&](door::Request::Builder request) {
            auto body = request.initLinkImport();
            body.setFrom(text_for(file.from.text));
            body.setTo(text_for(file.to.text));
            body.setFrame({frame.data(), frame.size()});
        },
        [&](door::Reply::Reader reply) {
            entries += reply.getCourierTaken().getEntries();
            return exit_done;
        });
}

std::string why_not(const Error& error) {
    switch (error.fault) {
        case Fault::bad_size:
            return "is larger than 64 MiB, or has too many parts: have it exported in parts";
        case Fault::unsupported:
            return "is of a version that this program does not know: bring it up to date";
        case Fault::bad_signature:
            return "was damaged on the way: have it copied again";
        default:
            return "is no courier file, or was cut: have it copied again";
    }
}

int run_import(const Common& common, const Options& options) {
    const auto content =
        node::read_file(options.file, node::courier_file_bytes_max, node::FileTrust::any);
    if (!content) return complain(content.error(), exit_refused);
    const auto file = node::read_courier(bytes_of(*content));
    if (!file) return complain(options.file + ": " + why_not(file.error()), exit_refused);
    std::uint64_t entries = 0;
    for (const auto& frame : file->frames)
        if (const int ended = give_frame(common, *file, frame, entries); ended != exit_done)
            return ended;
    const std::string out = options.receipt.empty() ? options.file + ".receipt" : options.receipt;
    Options back = options;
    back.peer = file->from.text;
    Making making;
    if (const int ended = begin_file(common, back, making); ended != exit_done) return ended;
    const Bytes bytes = node::write_courier(making.file);
    if (const auto written = node::replace_file(out, sanad::text_of(bytes), 0600); !written)
        return complain(written.error(), exit_refused);
    if (common.json)
        return print("{\"entries\":\"" + std::to_string(entries) +
                     "\",\"receipt\":" + node::json_string(out) + "}\n");
    return print("took " + std::to_string(entries) + " entries that were new; carry " + shown(out) +
                 " back\n");
}

}  // namespace

void add_courier_commands(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* out = add_command(group, "export", "Write what we have for a node into a new file",
                            "sanad link export --peer tn.amal --out tunisia.courier");
    add_word(*out, "--peer", options->peer, "the other node's id");
    add_word(*out, "--out", options->out, "the file to make");
    out->add_option("--lane", options->lane, "urgent or normal [both, the urgent one first]")
        ->check(CLI::IsMember({"urgent", "normal"}));
    out->add_option("--from", options->first, "the first entry's number [0]");
    out->add_flag("--unheard", options->unheard,
                  "although nothing was heard of it since this start; not after a restored backup");
    choose(*out, chosen, [options](const Common& common) { return run_export(common, *options); });

    auto* in = add_command(group, "import", "Take a file that another node exported for us",
                           "sanad link import morocco.courier");
    add_word(*in, "file", options->file, "the file");
    in->add_option("--receipt", options->receipt, "where to write the receipt [FILE.receipt]");
    choose(*in, chosen, [options](const Common& common) { return run_import(common, *options); });
}

}  // namespace sanad::cli
