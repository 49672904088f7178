// sanad audit and sanad passport export, run for real, against a door of this test.
#include "core/api/door_socket.h"
#include "core/base/message.h"
#include "core/trust/hash.h"
#include "schemas/api.capnp.h"
#include "tests/support/folder.h"
#include "tests/support/program.h"

#include <catch2/catch.hpp>

#include <functional>

using namespace sanad;
namespace door = schema::api;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

struct Desk : api::Door {
    using Script = std::function<void(door::Request::Reader, door::Reply::Builder)>;

    Desk() {
        folder.file("node.toml",
                    "version = 1\n[node]\nid = \"ma.cmrpi\"\nname = \"x\"\n"
                    "[[staff]]\nname = \"youssef\"\nroles = [\"auditor\", \"supervisor\"]\n");
        socket = api::DoorSocket::start(folder / "door.sock", *this, clock, log).value();
        environment["SANAD_DATA"] = folder.path().string();
    }
    void handle(ByteView request, Answer answer) override {
        capnp::MallocMessageBuilder reply;
        const auto read =
            read_message<door::Request>(request, [&](door::Request::Reader reader) -> Result<void> {
                script(reader, reply.initRoot<door::Reply>());
                return {};
            });
        answer(read ? flatten(reply) : Bytes(8));
    }
    test::Ended run(std::vector<std::string> arguments) const {
        return test::run_program(SANAD_CLI, arguments, environment, {});
    }

    test::Folder folder;
    std::map<std::string, std::string> environment;
    SystemClock clock;
    NullLog log;
    Script script;
    std::unique_ptr<api::DoorSocket> socket;
};

}  // namespace

TEST_CASE_METHOD(Desk, "an audit log that is not whole ends the program as a refusal") {
    bool bad = true;
    script = [&](door::Request::Reader, door::Reply::Builder reply) {
        auto verified = reply.initAuditVerified();
        verified.setSize(100);
        verified.setAgreedSize(80);
        verified.setAgreedHolder("tn.amal");
        verified.setBad(bad);
        verified.setBadIndex(bad ? 42 : 0);
        verified.setBadWhat(bad ? "is missing" : "");
    };
    const auto refused = run({"audit", "verify"});
    CHECK(refused.code == 1);
    CHECK(has(refused.out, "NOT WHOLE: entry 42 is missing"));
    CHECK(has(refused.out, "tn.amal"));
    CHECK(run({"audit", "verify", "--json"}).code == 1);
    bad = false;
    const auto whole = run({"audit", "verify"});
    CHECK(whole.code == 0);
    CHECK(has(whole.out, "the audit log is whole: 100 entries"));
    CHECK(has(whole.out, "over 80 entries that tn.amal holds"));
}

TEST_CASE_METHOD(Desk, "an alarm is shown with both heads, whole") {
    script = [&](door::Request::Reader, door::Reply::Builder reply) {
        auto alarm = reply.initAuditAlarms(1)[0];
        alarm.setId("01890a5d-ac96-774b-bcce-b302099a8057");
        alarm.setAbout("tn.amal");
        alarm.setKind("other_root");
        alarm.setToldBy("dz.nada");
        alarm.setFirst("sanad/audit/tn.amal\n9\nfirst-root\n");
        alarm.setSecond("sanad/audit/tn.amal\n9\nsecond-root\n");
        alarm.setRepeats(3);
    };
    const auto shown = run({"audit", "alarms"});
    CHECK(shown.code == 0);
    for (const auto* part : {"tn.amal", "other_root", "dz.nada", "first-root", "second-root",
                             "3 more contradictions", "OPEN"})
        CHECK(has(shown.out, part));
    script = [](door::Request::Reader, door::Reply::Builder reply) { reply.initAuditAlarms(0); };
    CHECK(has(run({"audit", "alarms"}).out, "no alarms"));
}

TEST_CASE_METHOD(Desk, "witnesses, heads and the last nightly walk are shown") {
    script = [&](door::Request::Reader, door::Reply::Builder reply) {
        auto view = reply.initAuditWitness();
        auto witness = view.initWitnesses(1)[0];
        witness.setNode("tn.amal");
        witness.setCosigned(80);
        view.setCheckedAt("2026-11-24T03:00:00Z");
        view.setCheckedSize(80);
    };
    const auto shown = run({"audit", "witness"});
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "tn.amal"));
    CHECK(has(shown.out, "80 entries, all whole"));
}

TEST_CASE_METHOD(Desk, "a passport longer than a message of the door comes piece by piece") {
    const Bytes passport(2'500'000, 7);
    const auto hash = trust::sha256(passport);
    constexpr std::size_t piece_bytes = 900'000;
    bool other_file = false;
    std::size_t asked = 0;
    script = [&](door::Request::Reader request, door::Reply::Builder reply) {
        const auto wanted = request.getPassportPiece();
        const auto offset = std::size_t(wanted.getOffset());
        const auto file = from_data(wanted.getFile());
        CHECK((offset == 0 ? file.empty() : std::ranges::equal(file, hash)));
        ++asked;
        const auto rest = ByteView(passport).subspan(offset);
        auto piece = reply.initPassportPiece();
        piece.setOffset(other_file ? offset + 8 : offset);
        piece.setTotal(passport.size());
        piece.setFile(to_data(hash));
        piece.setBytes(to_data(rest.first(std::min(rest.size(), piece_bytes))));
    };
    const std::string path = (folder / "long.passport").string();
    const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
    const auto written = run({"passport", "export", id, path});
    CHECK(written.code == 0);
    CHECK(asked == 3);
    CHECK(has(written.out, "2500000 bytes"));
    CHECK(std::filesystem::file_size(path) == passport.size());
    other_file = true;
    CHECK(run({"passport", "export", id, path + "2"}).code == 1);
    CHECK_FALSE(std::filesystem::exists(path + "2"));
}

TEST_CASE_METHOD(Desk,
                 "the status says when the audit log was read again, and cries when it is bad") {
    std::string bad;
    std::uint32_t alarms = 0;
    script = [&](door::Request::Reader, door::Reply::Builder reply) {
        auto status = reply.initStatus();
        status.setAuditChecked("2026-11-24T03:00:00Z");
        status.setAuditBad(to_text(bad));
        status.setAuditAlarms(alarms);
    };
    CHECK(has(run({"status"}).out, "read again 2026-11-24T03:00:00Z, whole"));
    CHECK_FALSE(has(run({"status"}).out, "ALARMS"));
    bad = "entry 42 is missing";
    alarms = 2;
    CHECK(has(run({"status"}).out, "NOT WHOLE: entry 42 is missing"));
    CHECK(has(run({"status"}).out, "2 about audit logs: see sanad audit alarms"));
}
