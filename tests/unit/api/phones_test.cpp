#include "core/base/encoding.h"
#include "core/trust/sip_digest.h"
#include "tests/unit/api/phone_line.h"

// Telephones of the staff: their passwords, whose they are, and who takes calls.
namespace sanad::support {
namespace {

std::optional<api::Phone> find(PhoneLine& line, const std::string& name) {
    const auto from = line.here().node.store->snapshot();
    return line.here().phones->find(**from, name).value();
}

TEST_CASE("a telephone's password is shown once, and kept only as what SIP makes of it") {
    PhoneLine line;
    auto made = line.here().ask("amina", [](auto request) { request.setPhoneAdd("at home"); });
    REQUIRE(made.error() == "");
    const auto view = (*made).getPhoneMade();
    const auto name = from_text(view.getName()), password = from_text(view.getPassword());
    CHECK(name.size() == 10);
    CHECK(name.starts_with("d-"));
    CHECK(password.size() == 20);
    CHECK(password.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == password.npos);
    const auto phone = find(line, name);
    REQUIRE(phone);
    CHECK(phone->owner == "amina");
    CHECK(phone->ha1 == trust::sip_ha1(name, from_text(view.getRealm()), password));
}

TEST_CASE("the digest is the one of the standard") {
    // RFC 7616, section 3.9.1.
    CHECK(to_hex(trust::sip_ha1("Mufasa", "http-auth@example.org", "Circle of Life")) ==
          "3d78807defe7de2157e2b0b6573a855f");
}

TEST_CASE("everybody sees their own telephones, and a supervisor those of all") {
    PhoneLine line;
    line.add_phone("amina");
    line.add_phone("karim");
    auto own = line.here().ask("amina", [](auto request) { request.setPhoneList(); });
    const auto list = (*own).getPhones();
    REQUIRE(list.getPhones().size() == 1);
    CHECK(from_text(list.getPhones()[0].getName()) == line.phones["amina"]);
    CHECK_FALSE(list.getReady());
    CHECK(from_text(list.getRealm()) == "sanad");
    CHECK(line.state_of("karim") == "paused");
    CHECK(line.state_of("salma") == "without a telephone");
}

TEST_CASE("a telephone ends when it is removed, by its owner or a supervisor and nobody else") {
    PhoneLine line;
    line.add_phone("amina");
    const auto remove = [&](const std::string& who) {
        return line.ask(
            who, [&](auto request) { request.setPhoneRemove(to_text(line.phones["amina"])); });
    };
    CHECK(remove("karim") == "not_found");
    CHECK(find(line, line.phones["amina"]));
    SECTION("by its owner") { CHECK(remove("amina") == ""); }
    SECTION("by a supervisor") { CHECK(remove("salma") == ""); }
    CHECK_FALSE(find(line, line.phones["amina"]));
}

TEST_CASE("a telephone ends with the account of its owner") {
    PhoneLine line;
    line.take_calls("amina");
    const auto id = line.calls("yasmin");
    REQUIRE(line.run([&](store::Draft& draft, Time now) -> Result<void> {
        auto account = line.here().accounts->find(draft, "amina");
        REQUIRE(account);
        account->active = false;
        return line.here().accounts->save(draft, *account, now);
    }));
    CHECK_FALSE(find(line, line.phones["amina"]));
    CHECK(line.summon(id) == "nobody");
}

TEST_CASE("one person has at most so many telephones") {
    PhoneLine line;
    for (std::size_t i = 0; i < api::Phones::phones_of_one_max; ++i) line.add_phone("amina");
    CHECK(line.ask("amina", [](auto request) { request.setPhoneAdd("one more"); }) == "exhausted");
    line.add_phone("karim");
}

TEST_CASE("a pause has a reason of the list, and the node's own is not anybody's to give") {
    PhoneLine line;
    line.add_phone("amina");
    const auto pause = [&](const std::string& reason) {
        return line.ask("amina",
                        [&](auto request) { request.initPhoneReady().setReason(to_text(reason)); });
    };
    CHECK(pause("") == "unsupported");
    CHECK(pause("missed_calls") == "unsupported");
    CHECK(pause("break") == "");
    CHECK(line.state_of("amina") == "paused break");
    CHECK(line.make_ready("amina") == "");
    CHECK(line.state_of("amina") == "ready");
}

}  // namespace
}  // namespace sanad::support
