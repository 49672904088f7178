// sanad attachment: files of text beside a referral.
#include "core/node/files.h"
#include "core/node/toml_document.h"
#include "nodes/cli/id_command.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <filesystem>

namespace sanad::cli {
namespace {

// What the door takes; schemas/api.capnp AttachmentAdd, schemas/wire.capnp Attachment.
constexpr std::size_t part_bytes = 768 << 10;
constexpr std::size_t file_bytes_max = 4 << 20;

struct Options {
    std::string referral, attachment, file, name;
};

std::string show_list(door::Reply::Reader reply) {
    Table table({"id", "state", "bytes", "at", "name"});
    for (const auto one : reply.getAttachments()) {
        std::string state = text_of(one.getState());
        if (const auto what = text_of(one.getRefused()); !what.empty()) state += " (" + what + ")";
        if (state == "under_way")
            state +=
                " " + std::to_string(one.getChunksHeld()) + "/" + std::to_string(one.getChunks());
        table.add({text_of(one.getId()), state, std::to_string(one.getBytes()),
                   text_of(one.getAt()), text_of(one.getName())});
    }
    return table.text("no files");
}

/// Sends the parts one after the other; what the last answer says goes to `use`.
int send_parts(const Common& common, const Options& options, const std::string& content,
               const std::function<int(door::Reply::Reader)>& use) {
    std::string upload;
    for (std::size_t offset = 0;; offset += part_bytes) {
        const auto part = std::string_view(content).substr(offset, part_bytes);
        const bool last = offset + part.size() == content.size();
        const int ended = ask_then(
            common,
            [&](door::Request::Builder request) {
                auto add = request.initAttachmentAdd();
                add.setReferral(text_for(options.referral));
                add.setUpload(text_for(upload));
                add.setName(text_for(options.name));
                add.setOffset(static_cast<std::uint32_t>(offset));
                add.setBytes({reinterpret_cast<const kj::byte*>(part.data()), part.size()});
                add.setLast(last);
            },
            [&](door::Reply::Reader reply) {
                if (last) return use(reply);
                upload = text_of(reply.getDone().getId());
                return exit_done;
            });
        if (ended != exit_done || last) return ended;
    }
}

int run_add(const Common& common, Options options) {
    auto content = node::read_file(options.file, file_bytes_max, node::FileTrust::any);
    if (!content) return complain(content.error(), exit_refused);
    if (options.name.empty())
        options.name = std::filesystem::path(options.file).filename().string();
    const int ended = send_parts(common, options, *content, [&](door::Reply::Reader reply) {
        const auto done = reply.getDone();
        const std::string state = text_of(done.getState());
        const std::string what = text_of(done.getCode());
        if (common.json) print(json_of(reply) + "\n");
        if (state != "refused")
            return common.json ? exit_done : print("sent " + text_of(done.getId()) + "\n");
        return complain("this is no plain text but " + what +
                            ", so only its size and hash were kept: send the address, not the "
                            "picture, or write down in words what it says",
                        exit_refused);
    });
    std::ranges::fill(*content, '\0');
    return ended;
}

int run_get(const Common& common, const Options& options) {
    std::string content;
    for (std::size_t size = 1; content.size() < size;) {
        const int ended = ask_then(
            common,
            [&](door::Request::Builder request) {
                auto read = request.initAttachmentRead();
                read.setReferral(text_for(options.referral));
                read.setAttachment(text_for(options.attachment));
                read.setOffset(static_cast<std::uint32_t>(content.size()));
            },
            [&](door::Reply::Reader reply) {
                const auto part = reply.getAttachmentPart();
                const auto bytes = part.getBytes();
                content.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
                size = bytes.size() == 0 ? content.size() : part.getSize();
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

void add_add(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "add", "Send a file of text with a referral; the consent must name attachments",
        std::string("sanad attachment add ") + example_id + " letter.txt");
    add_word(*command, "referral", options->referral, "the referral's id");
    add_word(*command, "file", options->file,
             "UTF-8 text of at most 4 MiB; pictures, films and archives are refused");
    add_word(*command, "--name", options->name, "what the other side sees [the file's name]");
    choose(*command, chosen, [options](const Common& common) { return run_add(common, *options); });
}

void add_get(CLI::App& group, Chosen& chosen) {
    auto options = std::make_shared<Options>();
    auto* command = add_command(
        group, "get", "Write a file that came with a referral into a new file",
        std::string("sanad attachment get ") + example_id + " " + example_id + " letter.txt");
    add_word(*command, "referral", options->referral, "the referral's id");
    add_word(*command, "attachment", options->attachment, "the attachment's id");
    add_word(*command, "file", options->file, "the file to make");
    choose(*command, chosen, [options](const Common& common) { return run_get(common, *options); });
}

}  // namespace

void add_attachment_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "attachment", "Files of text beside a referral, never pictures");
    add_add(*group, chosen);
    auto options = std::make_shared<Options>();
    auto* list = add_command(*group, "list", "The files of a referral, and what was refused",
                             std::string("sanad attachment list ") + example_id);
    add_word(*list, "referral", options->referral, "the referral's id");
    choose(*list, chosen, [options](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                request.setAttachmentList(text_for(options->referral));
            },
            show_list);
    });
    add_get(*group, chosen);
}

}  // namespace sanad::cli
