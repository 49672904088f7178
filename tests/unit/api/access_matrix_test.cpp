// Who may ask what: every request of the schema, by every role, by nobody, after signing out, and
// through the local socket. What is expected stands in one table; nothing may be missing from it.
#include "tests/unit/api/desk.h"

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <algorithm>
#include <map>
#include <set>

namespace sanad::support {
namespace {

// v volunteer, c counsellor, s supervisor, f flagger, o data officer, a admin, u auditor.
constexpr std::string_view letters = "vcsfoau";
const std::vector<std::string> role_names{"volunteer",    "counsellor", "supervisor", "flagger",
                                          "data_officer", "admin",      "auditor"};

enum class Open : std::uint8_t {
    to_roles,   // at a desk and on the machine
    at_a_desk,  // at a desk only: it is about the session
    to_nobody,  // at a desk only, to who has not signed in
    to_all,     // at a desk only, to everybody and nobody
    not_yet     // this build does not know it: take it out of here with the rule that answers it
};

struct Expected {
    std::string_view roles;
    Open open = Open::to_roles;
    bool fresh = false;  // wants a second factor of the last minutes
};

// Supervisors may what counsellors may, counsellors what volunteers may: the letters say who may.
const std::map<std::string, Expected> table{
    {"nodeStatus", {"vcsfoau"}},
    {"contactList", {"vcs"}},
    {"contactShow", {"vcs"}},
    {"caseList", {"cs"}},
    {"caseShow", {"cs"}},
    {"referralList", {"cs"}},
    {"referralShow", {"cs"}},
    {"escalationList", {"cs"}},
    {"escalationShow", {"cs"}},
    {"linkList", {"sa"}},
    {"auditVerify", {"u"}},
    {"auditExport", {"u"}},
    {"feedRead", {"vcsfoau"}},
    {"obsoletePassportExport", {"", Open::not_yet}},
    {"contactOpen", {"vcs"}},
    {"contactReply", {"vcs"}},
    {"contactEnd", {"vcs"}},
    {"caseOpen", {"cs"}},
    {"caseShare", {"cs"}},
    {"glassBreak", {.roles = "cs", .fresh = true}},
    {"glassList", {"sou"}},
    {"partnerList", {"cs"}},
    {"backupMake", {"a"}},
    {"backupList", {"a"}},
    {"caseNote", {"cs"}},
    {"consentRecord", {"cs"}},
    {"refer", {"cs"}},
    {"referralMove", {"cs"}},
    {"escalate", {"cs"}},
    {"caseClose", {"cs"}},
    {"directoryInstall", {"a"}},
    {"auditWitness", {"au"}},
    {"auditAlarms", {"sau"}},
    {"auditAcknowledge", {"u"}},
    {"passportPiece", {"s"}},
    {"attachmentList", {"cs"}},
    {"attachmentRead", {"cs"}},
    {"attachmentAdd", {"cs"}},
    {"directoryShow", {"vcsfoau"}},
    {"directoryAlarm", {"sau"}},
    {"directoryOverride", {"sa"}},
    {"linkShow", {"sau"}},
    {"linkFreeze", {"a"}},
    {"linkResume", {"a"}},
    {"linkRetry", {"a"}},
    {"linkRecover", {"a"}},
    {"linkExport", {"a"}},
    {"linkImport", {"a"}},
    {"clockList", {"cs"}},
    {"referralNext", {"cs"}},
    {"rosterPublish", {"sa"}},
    {"rosterList", {"vcs"}},
    {"coverChoices", {"vcs"}},
    {"coverOffer", {"vcs"}},
    {"coverAnswer", {"vcs"}},
    {"policyList", {"vcsfoau"}},
    {"policyShow", {"vcsfoau"}},
    {"policyInstall", {"a"}},
    {"policyReload", {"a"}},
    {"referPreview", {"cs"}},
    {"overrideRequest", {"cs"}},
    {"overrideList", {"s"}},
    {"overrideShow", {"s"}},
    {"overrideDecide", {"s", Open::to_roles, true}},
    {"consentWithdraw", {"cs"}},
    {"erasureList", {"cs"}},
    {"erasureRequest", {"cs"}},
    {"erasureAnswer", {"s", Open::to_roles, true}},
    {"caseErase", {"so", Open::to_roles, true}},
    {"storeCompact", {"a"}},
    {"pluginList", {"sa"}},
    {"pluginMove", {"sa"}},
    {"pluginChange", {"sa"}},
    {"signInStart", {"vcsfoau", Open::to_all}},
    {"signInFinish", {"", Open::to_nobody}},
    {"enrolStart", {"", Open::to_nobody}},
    {"enrolFinish", {"", Open::to_nobody}},
    {"sessionShow", {"vcsfoau", Open::at_a_desk}},
    {"sessionEnd", {"vcsfoau", Open::at_a_desk}},
    {"sessionConfirm", {"vcsfoau", Open::at_a_desk}},
    {"accountList", {"sa"}},
    {"accountInvite", {"a", Open::to_roles, true}},
    {"accountChange", {"a", Open::to_roles, true}},
    {"queueShow", {"vcs"}},
    {"queueWatch", {"vcs"}},
    {"contactRead", {"vcs"}},
    {"contactRelease", {"vcs"}},
    {"contactUrgency", {"vcs"}},
    {"contactDraft", {"vcs"}},
    {"contactTransfer", {"vcs"}},
    {"staffList", {"vcs"}},
    {"taxonomyShow", {"vcsfoau"}},
    {"caseChange", {"cs"}},
    {"search", {"cs"}},
    {"hintJudge", {"vcs"}},
    {"statisticsShow", {"so"}},
    {"statisticsExport", {"so"}},
    {"queueWatch", {"vcs", Open::not_yet}},
    {"contactNote", {"vcs"}},
    {"contactJoin", {"s"}},
    {"handoverShow", {"s"}},
    {"exposureShow", {"vcs"}},
    {"exposureMark", {"vcs"}},
    {"sampleDraw", {"s"}},
    {"sampleList", {"vcs"}},
    {"sampleJudge", {"s"}},
    {"formShow", {"csa"}},
    {"caseAnswer", {"cs"}},
    {"formTry", {"sa"}},
    {"formInstall", {"a"}},
    {"phoneList", {"vcs"}},
    {"phoneAdd", {"vcs"}},
    {"phoneRemove", {"vcs"}},
    {"phoneReady", {"vcs"}},
    {"phoneBoard", {"s"}},
    {"contactCall", {"vcs"}},
    {"callControl", {"vcs"}},
    {"contactFileRead", {"vcs"}},
};

// The members of the union, by name: each call has one of them with nothing in it.
std::vector<capnp::StructSchema::Field> members() {
    std::vector<capnp::StructSchema::Field> all;
    for (const auto field : capnp::Schema::from<schema::api::Request>().getUnionFields())
        all.push_back(field);
    return all;
}

std::string name_of(const capnp::StructSchema::Field& field) {
    return field.getProto().getName().cStr();
}

Desk::Fill empty(const capnp::StructSchema::Field& field) {
    return [field](schema::api::Request::Builder request) {
        capnp::DynamicStruct::Builder(request).clear(field);
        // Served at once: what a reader of the feed waits for is not asked here.
    };
}

// What stops a request before anything of it is looked at.
bool is_turned_away(const std::string& error) {
    static const std::set<std::string> codes{"role_missing", "signed_out",    "signed_in",
                                             "desk_only",    "actor_unknown", "confirm_needed"};
    return codes.contains(error);
}

/// A desk where one person of each role is signed in, and one more who has signed out.
struct Staffed : Desk {
    Staffed() {
        for (std::size_t i = 0; i < role_names.size(); ++i) {
            keys.push_back(std::make_unique<Authenticator>(trust::PasskeyAlgorithm::eddsa,
                                                           std::uint8_t(10 + i)));
            sessions.push_back(enrol("a " + role_names[i], *keys.back(), {role_names[i]}));
        }
        Authenticator key(trust::PasskeyAlgorithm::eddsa, 99);
        gone = enrol("gone", key,
                     {"volunteer", "counsellor", "supervisor", "flagger", "data_officer", "admin",
                      "auditor"});
        REQUIRE(ask(gone, [](auto request) { request.setSessionEnd(); }).error() == "");
    }
    /// Signs in again who was signed out by the call.
    void renew(std::size_t role) {
        if (show(sessions[role]).error().empty()) return;
        sessions[role] = sign_in(*keys[role]).session;
    }

    std::vector<std::unique_ptr<Authenticator>> keys;
    std::vector<Bytes> sessions;  // in the order of role_names
    Bytes gone;
};

const Expected& expected(const capnp::StructSchema::Field& field) {
    const auto found = table.find(name_of(field));
    INFO(name_of(field) << " has no line in the table");
    REQUIRE(found != table.end());
    return found->second;
}

bool may(const Expected& line, std::size_t role) { return line.roles.contains(letters[role]); }

}  // namespace

TEST_CASE("the table names each request of the schema, and nothing else") {
    std::set<std::string> there;
    for (const auto& field : members()) there.insert(name_of(field));
    std::set<std::string> named;
    for (const auto& [name, line] : table) named.insert(name);
    CHECK(there == named);
}

TEST_CASE("every request of the schema has a rule, but for those that wait for theirs") {
    Staffed desk;
    for (const auto& field : members()) {
        INFO(name_of(field));
        const bool has_rule = desk.ask({}, empty(field)).error() != "unsupported";
        CHECK(has_rule == (expected(field).open != Open::not_yet));
    }
}

TEST_CASE("each role at a desk may ask exactly what the table says") {
    Staffed desk;
    std::size_t calls = 0;
    for (const auto& field : members()) {
        const Expected& line = expected(field);
        if (line.open == Open::not_yet) continue;
        for (std::size_t role = 0; role < role_names.size(); ++role) {
            const auto error = desk.ask(desk.sessions[role], empty(field)).error();
            INFO(name_of(field) << " by a " << role_names[role] << ": " << error);
            if (line.open == Open::to_nobody)
                CHECK(error == "signed_in");
            else if (may(line, role))
                CHECK_FALSE(is_turned_away(error));
            else
                CHECK(error == "role_missing");
            desk.renew(role);
            ++calls;
        }
    }
    CHECK(calls == 7 * std::size_t(std::ranges::count_if(table, [](const auto& one) {
                       return one.second.open != Open::not_yet;
                   })));
}

TEST_CASE("nobody, and who has signed out, may ask nothing but to be let in") {
    Staffed desk;
    for (const auto& session : {Bytes{}, desk.gone, Bytes(32, 1)})
        for (const auto& field : members()) {
            const Expected& line = expected(field);
            if (line.open == Open::not_yet) continue;
            const auto answer = desk.ask(session, empty(field), "nadia");
            INFO(name_of(field) << ": " << answer.error());
            CHECK(answer.ended);
            CHECK(answer.session.empty());
            if (line.open == Open::to_nobody || line.open == Open::to_all)
                CHECK_FALSE(is_turned_away(answer.error()));
            else
                CHECK(answer.error() == "signed_out");
        }
}

TEST_CASE("what wants a fresh second factor is refused without, at a desk, and nothing else is") {
    Staffed desk;
    desk.world.clock.advance(api::Service::confirmed_within);
    for (const auto& field : members()) {
        const Expected& line = expected(field);
        if (line.open == Open::not_yet || line.open == Open::to_nobody) continue;
        for (std::size_t role = 0; role < role_names.size(); ++role) {
            if (!may(line, role) || name_of(field) == "sessionEnd") continue;
            const auto error = desk.ask(desk.sessions[role], empty(field)).error();
            INFO(name_of(field) << " by a " << role_names[role] << ": " << error);
            CHECK((error == "confirm_needed") == line.fresh);
        }
    }
}

TEST_CASE("on the machine each role may ask what the table says, and nobody signs in there") {
    Staffed desk;
    for (const auto& field : members()) {
        const Expected& line = expected(field);
        if (line.open == Open::not_yet) continue;
        for (std::size_t role = 0; role < role_names.size(); ++role) {
            const auto error = desk.at_the_machine("a " + role_names[role], empty(field));
            INFO(name_of(field) << " by a " << role_names[role] << ": " << error);
            if (line.open != Open::to_roles)
                CHECK(error == "desk_only");
            else if (may(line, role))
                CHECK_FALSE(is_turned_away(error));
            else
                CHECK(error == "role_missing");
        }
        const auto stranger = desk.at_the_machine("a stranger", empty(field));
        CHECK(stranger == (line.open == Open::to_roles ? "actor_unknown" : "desk_only"));
    }
}

}  // namespace sanad::support
