#include "tests/unit/api/phone_line.h"

// Files that came with a contact: how they come, who may read them, and what the audit log has.
namespace sanad::support {
namespace {

using casework::ContactFilePart;

const std::string file_id = "0f1e2d3c-4b5a-4978-8696-a5b4c3d2e1f0";

struct Mail : PhoneLine {
    Bytes voice(std::size_t size, std::uint8_t sound = 0xD5) { return Bytes(size, sound); }
    Result<void> attach(const ContactFilePart& part, const std::string& file = file_id) {
        const auto id = parse_uuid(file).value();
        return run([&](store::Draft& draft, Time now) {
            return here().files->attach(draft, "phone", conversation_of("yasmin"), id, part, now);
        });
    }
    Reply read(const std::string& who, std::uint32_t part, const std::string& file = file_id) {
        return here().ask(who, [&](auto request) {
            auto body = request.initContactFileRead();
            body.setContact(to_text(format(contact_id)));
            body.setFile(to_text(file));
            body.setPart(part);
        });
    }
    std::size_t entries_of(const std::string& action) {
        auto audit =
            here().ask("nadia", [](auto request) { request.initAuditExport().setLimit(1'000); });
        REQUIRE(audit.error() == "");
        std::size_t count = 0;
        for (const auto entry : (*audit).getAudit())
            count += from_text(entry.getAction()) == action ? 1U : 0U;
        return count;
    }
    ContactId contact_id = calls("yasmin");
    const ContactFilePart first{0, Bytes(8'000, 0xD5), false, "message", "audio/PCMA"};
    const ContactFilePart last{1, Bytes(400, 0x55), true};
};

TEST_CASE("a file comes part by part, and is cut until its last one") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    const auto shown = [&] {
        return mail.here().ask("amina", [&](auto request) {
            request.setContactShow(to_text(format(mail.contact_id)));
        });
    };
    {
        auto reply = shown();
        const auto files = (*reply).getContact().getFiles();
        REQUIRE(files.size() == 1);
        CHECK(from_text(files[0].getId()) == file_id);
        CHECK(from_text(files[0].getMediaType()) == "audio/PCMA");
        CHECK_FALSE(files[0].getWhole());
    }
    REQUIRE(mail.attach(mail.last));
    auto reply = shown();
    const auto files = (*reply).getContact().getFiles();
    CHECK(files[0].getWhole());
    CHECK(files[0].getBytes() == 8'400);
    CHECK(files[0].getParts() == 2);
    auto read = mail.read("amina", 0);
    REQUIRE(read.error() == "");
    CHECK((*read).getFilePart().getBytes() == to_data(mail.first.bytes));
    CHECK((*read).getFilePart().getWhole());
}

TEST_CASE("a part that comes again changes nothing, and none is left out") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    REQUIRE(mail.attach(mail.first));
    CHECK(mail.attach({2, mail.voice(10)}).error().fault == Fault::conflict);
    REQUIRE(mail.attach(mail.last));
    REQUIRE(mail.attach(mail.last));
    CHECK(mail.attach({2, mail.voice(10)}).error().fault == Fault::conflict);
    auto read = mail.read("amina", 0);
    CHECK((*read).getFilePart().getParts() == 2);
}

TEST_CASE("a contact takes so many files, in the order of their coming") {
    Mail mail;
    ContactFilePart small{0, mail.voice(10), true, "", "application/pdf"};
    const auto id = [](std::uint32_t number) {
        // The last comes first by its id.
        std::array<std::uint8_t, 16> bytes{static_cast<std::uint8_t>(200 - number)};
        return format_uuid(bytes);
    };
    for (std::uint32_t i = 0; i < api::ContactFiles::files_max; ++i) {
        small.name = "page " + std::to_string(i);
        REQUIRE(mail.attach(small, id(i)));
    }
    CHECK(mail.attach(small, id(100)).error().fault == Fault::exhausted);
    const auto from = mail.here().node.store->snapshot();
    const auto files = mail.here().files->list(**from, mail.contact_id).value();
    REQUIRE(files.size() == api::ContactFiles::files_max);
    for (std::size_t i = 0; i < files.size(); ++i)
        CHECK(files[i].name == "page " + std::to_string(i));
}

TEST_CASE("nothing of a picture is kept, nor a file of somebody who never came") {
    Mail mail;
    ContactFilePart picture{0, mail.voice(600), true, "photo", "image/jpeg"};
    CHECK(mail.attach(picture).error().fault == Fault::denied);
    picture = {0, PhoneLine::bytes("\xFF\xD8\xFF\xE0"), true, "essay", "application/pdf"};
    CHECK(mail.attach(picture).error().fault == Fault::denied);
    const auto from = mail.here().node.store->snapshot();
    CHECK(mail.here().files->list(**from, mail.contact_id).value().empty());
    const auto to_nobody = mail.run([&](store::Draft& draft, Time now) {
        return mail.here().files->attach(draft, "phone", PhoneLine::conversation_of("nobody known"),
                                         parse_uuid(file_id).value(), mail.first, now);
    });
    CHECK(to_nobody.error().fault == Fault::not_found);
}

TEST_CASE("a file is read by who may read the contact, and by nobody else") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    CHECK(mail.read("nadia", 0).error() == "role_missing");
    REQUIRE(mail.ask("amina", [&](auto request) {
        request.setContactOpen(to_text(format(mail.contact_id)));
    }) == "");
    CHECK(mail.read("karim", 0).error() == "not_yours");
    CHECK(mail.read("salma", 0).error() == "");
    CHECK(mail.read("amina", 0).error() == "");
    CHECK(mail.read("amina", 1).error() == "not_found");
    CHECK(mail.read("amina", 0, "0f1e2d3c-4b5a-4978-8696-a5b4c3d2e1f1").error() == "not_found");
}

TEST_CASE("the record says once that a file was opened, and no part is read without it") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    REQUIRE(mail.attach(mail.last));
    CHECK(mail.read("amina", 1).error() == "first_part_missing");
    CHECK(mail.entries_of("contact.file_read") == 0);
    REQUIRE(mail.read("amina", 0).error() == "");
    REQUIRE(mail.read("amina", 1).error() == "");
    CHECK(mail.entries_of("contact.file_read") == 1);
    CHECK(mail.read("karim", 1).error() == "first_part_missing");
    mail.world.clock.advance(api::FileReaders::lasts);
    CHECK(mail.read("amina", 1).error() == "first_part_missing");
}

TEST_CASE("who opened a file and may read the contact no more gets no further part") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    REQUIRE(mail.attach(mail.last));
    REQUIRE(mail.read("karim", 0).error() == "");
    REQUIRE(mail.ask("amina", [&](auto request) {
        request.setContactOpen(to_text(format(mail.contact_id)));
    }) == "");
    CHECK(mail.read("karim", 1).error() == "not_yours");
}

TEST_CASE("files are erased with their contact") {
    Mail mail;
    REQUIRE(mail.attach(mail.first));
    REQUIRE(mail.run([&](store::Draft& draft, Time now) {
        return mail.here().contacts->erase(draft, mail.contact_id, now);
    }));
    CHECK(mail.read("amina", 0).error() == "not_found");
    const auto from = mail.here().node.store->snapshot();
    CHECK(mail.here().files->list(**from, mail.contact_id).value().empty());
}

}  // namespace
}  // namespace sanad::support
