// Files that came with a contact, below `sanad contact`: what there is, and one of them on disk.
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"
#include "nodes/cli/voice_file.h"

#include <CLI/App.hpp>

#include <algorithm>

namespace sanad::cli {
namespace {

constexpr std::string_view voice_type = "audio/PCMA";

struct Options {
    std::string contact, id, file;
    bool cut = false;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"ID", "BYTES", "STATE", "AT", "KIND", "NAME"});
    for (const auto file : reply.getContact().getFiles())
        table.add({text_of(file.getId()), std::to_string(file.getBytes()),
                   file.getWhole() ? "whole" : "cut", text_of(file.getAt()),
                   text_of(file.getMediaType()), text_of(file.getName())});
    return table.text("no files");
}

/// What the contact says of the file; asking for it is audited.
int look(const Common& common, const Options& options, std::string& media_type, bool& whole) {
    return ask_then(
        common,
        [&](door::Request::Builder request) { request.setContactShow(text_for(options.contact)); },
        [&](door::Reply::Reader reply) {
            for (const auto file : reply.getContact().getFiles())
                if (text_of(file.getId()) == options.id) {
                    media_type = text_of(file.getMediaType());
                    whole = file.getWhole();
                    return exit_done;
                }
            return complain("this contact has no such file: see sanad contact files", exit_refused);
        });
}

int read_parts(const Common& common, const Options& options, std::string& content) {
    std::uint32_t parts = 1;
    for (std::uint32_t part = 0; part < parts; ++part) {
        const int ended = ask_then(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initContactFileRead();
                body.setContact(text_for(options.contact));
                body.setFile(text_for(options.id));
                body.setPart(part);
            },
            [&](door::Reply::Reader reply) {
                const auto got = reply.getFilePart();
                const auto bytes = got.getBytes();
                parts = got.getParts();
                content.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
                return exit_done;
            });
        if (ended != exit_done) return ended;
    }
    return exit_done;
}

// Whoever hears half of what a child said should know that it is half.
int run_save(const Common& common, const Options& options) {
    std::string media_type, content;
    bool whole = false;
    if (const int ended = look(common, options, media_type, whole); ended != exit_done)
        return ended;
    if (!whole && !options.cut)
        return complain(
            "this file is cut, its end never came: add --cut to save what there is of it",
            exit_refused);
    if (const int ended = read_parts(common, options, content); ended != exit_done) return ended;
    if (media_type == voice_type) {
        std::string voice = voice_file(content);
        std::ranges::fill(content, '\0');
        content = std::move(voice);
    }
    const std::string size = std::to_string(content.size());
    const auto written = node::create_file(options.file, content, 0600);
    std::ranges::fill(content, '\0');
    if (!written) return complain(written.error(), exit_refused);
    return print(common.json ? "{\"file\":" + node::json_string(options.file) + ",\"bytes\":" +
                                   size + ",\"whole\":" + (whole ? "true" : "false") + "}\n"
                             : "wrote " + shown(options.file) + ", " + size + " bytes" +
                                   (whole ? "" : ", cut") + "\n");
}

}  // namespace

void add_contact_files(CLI::App& group, Chosen& chosen) {
    add_id_command(
        group, chosen,
        {"files", "What came with a contact: documents, a recorded voice", "contact"},
        [](auto request, auto id) { request.setContactShow(id); }, show_list);
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "file", "Write one of them into a new file, a voice as WAV; that you do is audited",
        std::string("sanad contact file ") + example_id + " " + example_id + " message.wav");
    add_word(*command, "contact", options->contact, "the contact's id");
    add_word(*command, "id", options->id, "the file's id");
    add_word(*command, "file", options->file, "the file to make");
    command->add_flag("--cut", options->cut, "although its end is missing");
    choose(*command, chosen,
           [options](const Common& common) { return run_save(common, *options); });
}

}  // namespace sanad::cli
