// sanad link export and import: what two nodes have for each other, carried by hand.
#include "core/base/clock.h"
#include "core/node/courier_file.h"
#include "core/node/courier_pages.h"
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/courier_sheet.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

namespace sanad::cli {
namespace {

struct Options {
    std::string peer, lane, out, qr, file, receipt;
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

/// A file, and what is printed for it; without QR pages that is nothing.
struct Made {
    Bytes bytes;
    std::string html;
    std::size_t pages = 0;
};

Result<Made> make(const Making& making, const std::string& qr) {
    Made made{.bytes = node::write_courier(making.file), .html = {}};
    if (qr.empty()) return made;
    const auto pages = node::write_courier_pages(made.bytes);
    if (!pages)
        return fail(Fault::bad_size, "it is " + std::to_string(made.bytes.size()) +
                                         " bytes, and QR pages hold at most " +
                                         std::to_string(node::courier_pages_bytes_max) +
                                         " (24 KiB): carry the file itself with --out, or less of "
                                         "it with --lane urgent or a later --from");
    auto html = courier_html({.from = making.file.from,
                              .to = making.file.to,
                              .created_at = making.file.created_at,
                              .mark = node::courier_mark(made.bytes),
                              .pages = *pages});
    if (!html) return std::unexpected(html.error());
    made.html = std::move(*html);
    made.pages = pages->size();
    return made;
}

std::string sheet_words(const std::string& qr, const Made& made) {
    if (qr.empty()) return {};
    return "wrote " + shown(qr) + ", " + std::to_string(made.pages) +
           " QR codes: open it in a browser and print it\n";
}

std::string sheet_json(const std::string& qr, const Made& made) {
    if (qr.empty()) return {};
    return ",\"qr\":" + node::json_string(qr) + ",\"pages\":" + std::to_string(made.pages);
}

int write_export(const Common& common, const Options& options, const Making& making) {
    const auto made = make(making, options.qr);
    if (!made) return complain(made.error(), exit_refused);
    const auto put = [](const std::string& path, std::string_view content) -> Result<void> {
        if (path.empty()) return {};
        return node::create_file(path, content, 0600);
    };
    if (const auto written = put(options.out, sanad::text_of(made->bytes)); !written)
        return complain(written.error(), exit_refused);
    if (const auto written = put(options.qr, made->html); !written)
        return complain(written.error(), exit_refused);
    const std::string size = std::to_string(made->bytes.size());
    if (common.json)
        return print("{\"file\":" + node::json_string(options.out) + ",\"bytes\":" + size +
                     ",\"rest\":" + node::json_string(making.full) + sheet_json(options.qr, *made) +
                     "}\n");
    return print(
        (options.out.empty() ? "" : "wrote " + shown(options.out) + ", " + size + " bytes\n") +
        sheet_words(options.qr, *made) +
        (making.full.empty() ? "" : "the file is full: go on with " + making.full + "\n"));
}

int run_export(const Common& common, const Options& options) {
    if (options.out.empty() && options.qr.empty())
        return complain("where it shall go is missing: give --out FILE, --qr FILE.html, or both",
                        exit_usage);
    Making making;
    if (const int ended = begin_file(common, options, making); ended != exit_done) return ended;
    for (const std::string lane : {"urgent", "normal"}) {
        if (!options.lane.empty() && options.lane != lane) continue;
        const int ended = take_lane(common, options, lane, options.first, making);
        if (ended != exit_done) return ended;
    }
    return write_export(common, options, making);
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

/// What was carried: a courier file, or the text of its QR codes.
Result<node::CourierFile> read_carried(const std::string& path) {
    const auto content = node::read_file(path, node::courier_file_bytes_max, node::FileTrust::any);
    if (!content) return std::unexpected(content.error());
    Bytes bytes(content->begin(), content->end());
    if (node::is_courier_pages(bytes)) {
        auto scanned = node::read_courier_pages(*content);
        if (!scanned) return fail(scanned.error().fault, path + ": " + scanned.error().detail);
        bytes = std::move(*scanned);
    }
    auto file = node::read_courier(bytes);
    if (!file) return fail(file.error().fault, path + ": " + why_not(file.error()));
    return file;
}

int write_receipt(const Common& common, const Options& options, const Making& making,
                  std::uint64_t entries) {
    const std::string out = options.receipt.empty() ? options.file + ".receipt" : options.receipt;
    const auto made = make(making, options.qr);
    if (!made) return complain(made.error(), exit_refused);
    if (const auto written = node::replace_file(out, sanad::text_of(made->bytes), 0600); !written)
        return complain(written.error(), exit_refused);
    if (!options.qr.empty())
        if (const auto written = node::replace_file(options.qr, made->html, 0600); !written)
            return complain(written.error(), exit_refused);
    if (common.json)
        return print("{\"entries\":\"" + std::to_string(entries) + "\",\"receipt\":" +
                     node::json_string(out) + sheet_json(options.qr, *made) + "}\n");
    return print("took " + std::to_string(entries) + " entries that were new; carry " + shown(out) +
                 " back\n" + sheet_words(options.qr, *made));
}

int run_import(const Common& common, const Options& options) {
    const auto file = read_carried(options.file);
    if (!file) return complain(file.error(), exit_refused);
    std::uint64_t entries = 0;
    for (const auto& frame : file->frames)
        if (const int ended = give_frame(common, *file, frame, entries); ended != exit_done)
            return ended;
    Options back = options;
    back.peer = file->from.text;
    Making making;
    if (const int ended = begin_file(common, back, making); ended != exit_done) return ended;
    return write_receipt(common, options, making, entries);
}

}  // namespace

void add_courier_commands(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* out = add_command(group, "export", "Write what we have for a node into a new file",
                            "sanad link export --peer tn.amal --out tunisia.courier");
    add_word(*out, "--peer", options->peer, "the other node's id");
    add_word(*out, "--out", options->out, "the file to make");
    add_word(*out, "--qr", options->qr,
             "the same as QR codes to print: an HTML page to make; at most 24 KiB");
    out->add_option("--lane", options->lane, "urgent or normal [both, the urgent one first]")
        ->check(CLI::IsMember({"urgent", "normal"}));
    out->add_option("--from", options->first, "the first entry's number [0]");
    out->add_flag("--unheard", options->unheard,
                  "although nothing was heard of it since this start; not after a restored backup");
    choose(*out, chosen, [options](const Common& common) { return run_export(common, *options); });

    auto* in = add_command(group, "import", "Take a file that another node exported for us",
                           "sanad link import morocco.courier");
    add_word(*in, "file", options->file,
             "the file; or a text file of its scanned QR codes, in any order");
    in->add_option("--receipt", options->receipt, "where to write the receipt [FILE.receipt]");
    add_word(*in, "--qr", options->qr, "the receipt as QR codes to print: an HTML page to make");
    choose(*in, chosen, [options](const Common& common) { return run_import(common, *options); });
}

}  // namespace sanad::cli
