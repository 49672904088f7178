// sanad phone, sanad contact files and sanad contact file, run for real, against a door of this
// test.
#include "core/api/door_socket.h"
#include "core/base/message.h"
#include "nodes/cli/voice_file.h"
#include "schemas/api.capnp.h"
#include "tests/support/folder.h"
#include "tests/support/program.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <sstream>

using namespace sanad;
namespace door = schema::api;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

const std::string contact = "01890a5d-ac96-774b-bcce-b302099a8057";
const std::string voice = "0f1e2d3c-4b5a-4978-8696-a5b4c3d2e1f0";

/// A node with one contact, to which a recorded voice of three parts came.
struct Line : api::Door {
    Line() {
        folder.file("node.toml",
                    "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                    "[[staff]]\nname = \"amina\"\nroles = [\"counsellor\"]\n");
        socket = api::DoorSocket::start(folder / "door.sock", *this, clock, log).value();
        environment["SANAD_DATA"] = folder.path().string();
    }
    void handle(ByteView request, Answer answer) override {
        capnp::MallocMessageBuilder reply;
        const auto read =
            read_message<door::Request>(request, [&](door::Request::Reader in) -> Result<void> {
                serve(in, reply.initRoot<door::Reply>());
                return {};
            });
        answer(read ? flatten(reply) : Bytes(8));
    }
    void serve(door::Request::Reader in, door::Reply::Builder out) {
        if (in.isContactShow()) {
            auto file = out.initContact().initFiles(1)[0];
            file.setId(to_text(voice));
            file.setMediaType(to_text(media_type));
            file.setBytes(5);
            file.setParts(static_cast<std::uint32_t>(parts.size()));
            file.setWhole(whole);
        } else if (in.isContactFileRead()) {
            const auto part = in.getContactFileRead().getPart();
            asked.push_back(part);
            auto piece = out.initFilePart();
            piece.setBytes(to_data(bytes_of(parts.at(part))));
            piece.setParts(static_cast<std::uint32_t>(parts.size()));
        } else if (in.isPhoneAdd()) {
            label = from_text(in.getPhoneAdd());
            auto made = out.initPhoneMade();
            made.setName("d-abcdefgh");
            made.setPassword("abcdefghij234567abcd");
            made.setRealm("sanad");
            made.setServer("sip.example.org:5061");
        } else if (in.isPhoneReady()) {
            ready = in.getPhoneReady().getReady();
            reason = from_text(in.getPhoneReady().getReason());
            out.initDone().setState(ready ? "ready" : "paused");
        } else if (in.isPhoneList()) {
            auto list = out.initPhones();
            list.setReason("missed_calls");
            list.initPhones(1)[0].setName("d-abcdefgh");
        }
    }
    test::Ended run(std::vector<std::string> arguments) const {
        return test::run_program(SANAD_CLI, arguments, environment, {});
    }
    std::string saved() const {
        std::ifstream file(folder / "saved");
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }

    test::Folder folder;
    std::map<std::string, std::string> environment;
    SystemClock clock;
    NullLog log;
    std::vector<std::string> parts{"ab", "cd", "e"};
    std::string media_type = "audio/PCMA";
    bool whole = true;
    std::vector<std::uint32_t> asked;
    std::string label, reason;
    bool ready = false;
    std::unique_ptr<api::DoorSocket> socket;
};

}  // namespace

TEST_CASE(
    "a recorded voice becomes a WAV file of A-law at 8 kHz, whose chunks end where they say") {
    const std::string file = cli::voice_file("abcde");
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint32_t value = 0;
        for (std::size_t i = size; i-- > 0;)
            value = value << 8 | static_cast<std::uint8_t>(file[at + i]);
        return value;
    };
    CHECK(file.substr(0, 4) == "RIFF");
    CHECK(number(4, 4) == file.size() - 8);
    CHECK(file.substr(8, 8) == "WAVEfmt ");
    CHECK(number(16, 4) == 18);
    CHECK(number(20, 2) == 6);
    CHECK(number(22, 2) == 1);
    CHECK(number(24, 4) == 8'000);
    CHECK(number(34, 2) == 8);
    CHECK(file.substr(38, 4) == "fact");
    CHECK(number(46, 4) == 5);
    CHECK(file.substr(50, 4) == "data");
    CHECK(number(54, 4) == 5);
    CHECK(file.substr(58) == std::string("abcde\0", 6));
    CHECK(cli::voice_file("ab").size() == 60);
}

TEST_CASE_METHOD(Line, "a voice of a contact is saved part by part, and named whole") {
    const auto path = (folder / "saved").string();
    const auto ended = run({"contact", "file", contact, voice, path});
    INFO(ended.err);
    CHECK(ended.code == 0);
    CHECK(saved() == cli::voice_file("abcde"));
    CHECK(asked == std::vector<std::uint32_t>{0, 1, 2});
    CHECK_FALSE(has(ended.out, "cut"));
}

TEST_CASE_METHOD(Line, "a document is saved as it came") {
    media_type = "application/pdf";
    CHECK(run({"contact", "file", contact, voice, (folder / "saved").string()}).code == 0);
    CHECK(saved() == "abcde");
}

TEST_CASE_METHOD(Line, "a cut file is refused, unless somebody wants what there is of it") {
    whole = false;
    const auto path = (folder / "saved").string();
    const auto refused = run({"contact", "file", contact, voice, path});
    CHECK(refused.code == 1);
    CHECK(has(refused.err, "--cut"));
    CHECK(asked.empty());
    const auto ended = run({"contact", "file", contact, voice, path, "--cut"});
    CHECK(ended.code == 0);
    CHECK(has(ended.out, ", cut"));
    CHECK(has(run({"contact", "files", contact}).out, "cut"));
}

TEST_CASE_METHOD(Line, "a file that the contact does not have is said to be none") {
    const auto ended = run({"contact", "file", contact, contact, (folder / "saved").string()});
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "sanad contact files"));
    CHECK(asked.empty());
}

TEST_CASE_METHOD(Line, "a new telephone's password is shown with where it goes") {
    const auto ended = run({"phone", "add", "on my desk"});
    CHECK(ended.code == 0);
    CHECK(label == "on my desk");
    for (const auto* word : {"d-abcdefgh", "abcdefghij234567abcd", "sip.example.org:5061"})
        CHECK(has(ended.out, word));
}

TEST_CASE_METHOD(Line, "who takes calls says so, and sees why they do not") {
    CHECK(run({"phone", "ready"}).code == 0);
    CHECK(ready);
    CHECK(run({"phone", "pause", "break"}).code == 0);
    CHECK_FALSE(ready);
    CHECK(reason == "break");
    CHECK(has(run({"phone", "list"}).out, "paused: missed_calls"));
}
