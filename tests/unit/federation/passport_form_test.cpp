#include "core/base/message.h"
#include "schemas/passport.capnp.h"
#include "tests/unit/federation/passport_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;

namespace {

/// A sound passport whose fields a test may set to anything.
struct Form : test::PassportWorld {
    const Bytes file = from_ma(completed_referral());

    /// The file as `change(Passport::Builder, PassportContents::Builder)` leaves it.
    template <typename Change>
    Bytes changed(Change change) const {
        capnp::MallocMessageBuilder outer;
        const auto read = read_message<schema::Passport>(file, [&](auto from) -> Result<void> {
            outer.setRoot(from);
            return {};
        });
        REQUIRE(read.has_value());
        auto root = outer.getRoot<schema::Passport>();
        capnp::MallocMessageBuilder inner;
        const auto contents = from_data(root.asReader().getContents());
        const auto copied =
            read_message<schema::PassportContents>(contents, [&](auto from) -> Result<void> {
                inner.setRoot(from);
                return {};
            });
        REQUIRE(copied.has_value());
        change(root, inner.getRoot<schema::PassportContents>());
        return file_of(root, flatten(inner));
    }
    // A new message: in the changed one there would be gaps.
    static Bytes file_of(schema::Passport::Reader from, ByteView contents) {
        capnp::MallocMessageBuilder whole;
        auto file = whole.initRoot<schema::Passport>();
        file.setVersion(from.getVersion());
        file.setContents(to_data(contents));
        file.setStatement(from.getStatement());
        return flatten(whole);
    }
    template <typename Change>
    Fault fault_after(Change change) const {
        const auto read = read_passport(changed(change));
        REQUIRE_FALSE(read.has_value());
        return read.error().fault;
    }
};

constexpr auto unknown_side = static_cast<schema::Side>(3);

}  // namespace

TEST_CASE_METHOD(Form, "a passport of a version that is not known is refused") {
    CHECK(fault_after([](auto root, auto) { root.setVersion(2); }) == Fault::unsupported);
}

TEST_CASE_METHOD(Form, "sides and lanes that are not known are refused") {
    using schema::Side;
    CHECK(fault_after([](auto, auto c) { c.setExporter(Side::NONE); }) == Fault::unsupported);
    CHECK(fault_after([](auto, auto c) { c.setExporter(unknown_side); }) == Fault::unsupported);
    CHECK(fault_after([](auto, auto c) { c.getLogs()[0].setWriter(Side::NONE); }) ==
          Fault::unsupported);
    CHECK(fault_after([](auto, auto c) { c.getLogs()[0].setLane(static_cast<schema::Lane>(2)); }) ==
          Fault::unsupported);
}

TEST_CASE_METHOD(Form, "ids, keys, hashes and proofs of another length are refused") {
    const Bytes short_key(31, 1);
    const Bytes long_proof((trust::proof_digests_max + 1) * 32, 1);
    CHECK(fault_after([&](auto, auto c) { c.setReferral(to_data(Bytes(15))); }) == Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { c.setReferral(to_data(Bytes(16))); }) ==
          Fault::malformed);
    CHECK(fault_after([&](auto, auto c) { c.getEvents()[0].setKey(to_data(short_key)); }) ==
          Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { c.getEvents()[0].setLeaf(to_data(Bytes(32))); }) ==
          Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { c.getEvents()[0].setEntry({}); }) == Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { c.getEvents()[0].setProof(to_data(short_key)); }) ==
          Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { c.getLogs()[0].setExtension(to_data(long_proof)); }) ==
          Fault::bad_size);
    CHECK(fault_after([&](auto root, auto) {
              root.setStatement(to_text(std::string(4'097, 'x')));
          }) == Fault::bad_size);
}

TEST_CASE_METHOD(Form, "an erased event is a leaf hash and nothing else") {
    const auto erase = [](auto event, ByteView key, std::size_t leaf_bytes) {
        event.setEntry({});
        event.setKey(to_data(key));
        event.setLeaf(to_data(Bytes(leaf_bytes)));
    };
    CHECK(fault_after([&](auto, auto c) { erase(c.getEvents()[0], {}, 31); }) == Fault::bad_size);
    CHECK(fault_after([&](auto, auto c) { erase(c.getEvents()[0], Bytes(32), 32); }) ==
          Fault::bad_size);
}

TEST_CASE_METHOD(Form, "asker and asked are two nodes") {
    CHECK(fault_after([](auto, auto c) { c.setAsked(c.getAsker().asReader()); }) ==
          Fault::malformed);
    CHECK(fault_after([](auto, auto c) { c.setAsker("\x1b[2J"); }) == Fault::malformed);
    CHECK(fault_after([](auto, auto c) { c.setAsked(""); }) == Fault::malformed);
}

TEST_CASE_METHOD(Form, "a passport has one form in bytes: what could stand beside it is refused") {
    REQUIRE(verify(file).has_value());
    const auto refused = [&](const Bytes& bytes) {
        const auto report = verify(bytes);
        REQUIRE_FALSE(report.has_value());
        CHECK(report.error().fault == Fault::malformed);
    };
    const auto with = [&](auto change) {
        Bytes bytes = file;
        change(bytes);
        return bytes;
    };
    SECTION("words behind the end, counted in the frame") {
        for (const std::size_t words : {1, 8, 9, 100})
            refused(with([&](Bytes& bytes) {
                bytes.resize(bytes.size() + words * 8);
                const auto count = std::uint32_t(bytes.size() / 8 - 1);
                for (int i = 0; i < 4; ++i) bytes[4 + i] = std::uint8_t(count >> 8 * i);
            }));
    }
    SECTION("numbers that the version does not have") {
        for (std::size_t place = 18; place < 24; ++place)
            refused(with([&](Bytes& bytes) { bytes[place] = 1; }));
    }
    SECTION("more pointers than the version has") {
        for (const int count : {3, 6, 10})
            refused(with([&](Bytes& bytes) { bytes[14] = std::uint8_t(count); }));
    }
    SECTION("both pointers at one place") {
        refused(with([&](Bytes& bytes) {
            std::copy_n(bytes.begin() + 24, 8, bytes.begin() + 32);  // and a word back
            bytes[32] = std::uint8_t(bytes[32] - 4);
        }));
    }
    SECTION("the statement before the contents") {
        capnp::MallocMessageBuilder other(8'192);  // one segment: in two, the copy puts it right
        const auto read = read_message<schema::Passport>(file, [&](auto from) -> Result<void> {
            auto root = other.initRoot<schema::Passport>();
            root.setVersion(from.getVersion());
            root.setStatement(from.getStatement());
            root.setContents(from.getContents());
            return {};
        });
        REQUIRE(read.has_value());
        refused(flatten(other));
    }
    SECTION("another signature under the statement") {
        refused(changed([&](auto root, auto) {
            const auto more = trust::add_signature(from_text(root.getStatement()),
                                                   test::steward_key(4), "somebody-else");
            root.setStatement(to_text(*more));
        }));
    }
}

TEST_CASE_METHOD(Form, "what the exporter did not sign is refused") {
    const auto later =
        changed([](auto, auto c) { c.setExportedAtMs(c.getExportedAtMs() + 1'000); });
    REQUIRE(read_passport(later).has_value());
    CHECK(verify(later).error().fault == Fault::bad_signature);
    const auto unsigned_one = changed([](auto root, auto) { root.setStatement("trust me"); });
    CHECK(verify(unsigned_one).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Form, "a directory that is none is refused, even to look at") {
    const auto no_note = changed([](auto, auto c) { c.setDirectory("trust me"); });
    CHECK(show_passport(no_note).error().fault == Fault::malformed);
    const auto note = trust::sign_note("trust me\n", test::steward_key(1), "steward-1").value();
    const auto no_directory = changed([&](auto, auto c) { c.setDirectory(to_text(note)); });
    CHECK(show_passport(no_directory).error().fault == Fault::malformed);
    CHECK(show_passport({}).error().fault == Fault::bad_size);
}
