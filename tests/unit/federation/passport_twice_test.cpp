// Two programs that were written apart judge the same passports: what one lets pass, the other
// must.
#include "core/base/message.h"
#include "core/trust/note.h"
#include "schemas/passport.capnp.h"
#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace sanad;
using namespace sanad::federation;
using test::agree;
using test::Forger;

namespace {

Bytes recorded() {
    std::ifstream file(RECORDED_PASSPORT, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Judges {
    std::vector<trust::Verifier> stewards{test::steward(1), test::steward(2), test::steward(3)};
    std::size_t accepted = 0;

    void judge(ByteView file, std::size_t place) {
        const auto report = verify_passport(file, stewards, 2);
        const auto findings = verifier::examine(file, {stewards, 2});
        accepted += report ? 1 : 0;
        if (agree(report, findings)) return;
        FAIL("byte " << place << ": the node says "
                     << (report ? "valid" : report.error().detail.c_str())
                     << ", the separate verifier "
                     << (findings ? "valid" : findings.error().detail.c_str()));
    }
};

}  // namespace

TEST_CASE("two verifiers agree on a recorded passport with any one byte changed") {
    const Bytes file = recorded();
    REQUIRE(file.size() > 1'000);
    Judges judges;
    judges.judge(file, 0);
    REQUIRE(judges.accepted == 1);
    for (std::size_t place = 0; place < file.size(); ++place) {
        Bytes changed = file;
        changed[place] ^= std::uint8_t(1 << (place % 8));
        judges.judge(changed, place);
    }
    CHECK(judges.accepted == 1);
}

TEST_CASE("two verifiers agree on a recorded passport that was cut anywhere") {
    const Bytes file = recorded();
    Judges judges;
    for (std::size_t size = 0; size < file.size(); size += 61)
        judges.judge(ByteView(file).first(size), size);
    CHECK(judges.accepted == 0);
}

TEST_CASE_METHOD(Forger, "two verifiers agree on what a dishonest exporter changed and signed") {
    const auto read = read_passport(file).value();
    Bytes contents;
    REQUIRE(read_message<schema::Passport>(file, [&](auto from) -> Result<void> {
                const ByteView bytes = from_data(from.getContents());
                contents.assign(bytes.begin(), bytes.end());
                return {};
            }).has_value());
    Judges judges;
    judges.stewards = stewards;
    for (std::size_t place = 0; place < contents.size(); place += 29) {
        Bytes changed = contents;
        changed[place] ^= std::uint8_t(1 << (place / 29 % 8));
        const auto statement =
            trust::sign_note(statement_text(read.passport, trust::sha256(changed)),
                             ma_machine.signing, ma_machine.id.text);
        capnp::MallocMessageBuilder builder;
        auto root = builder.initRoot<schema::Passport>();
        root.setVersion(passport_version);
        root.setContents(to_data(changed));
        root.setStatement(to_text(*statement));
        judges.judge(flatten(builder), place);
    }
    CHECK(judges.accepted < contents.size() / 116);
}
