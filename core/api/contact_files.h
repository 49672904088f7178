#pragma once

#include "core/api/contacts.h"
#include "core/casework/contact_file.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sanad::api {

/// The files that came with contacts, part by part: each part is a record of its own under the
/// contact's key, so that what has come is safe when the rest never does, and nothing can be read
/// once that key is destroyed.
class ContactFiles {
public:
    static constexpr std::uint32_t files_max = 50;  // of a contact

    /// All of it outlives the files.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        Contacts& contacts;
    };
    static Result<std::unique_ptr<ContactFiles>> open(store::Store& store, Parts parts);

    /// The next part of a file of a conversation. A part that is there already changes nothing.
    /// Events `contact.file_begun`, and `contact.file` once it is whole, each with its number.
    ///
    /// file     16 bytes, chosen by the channel
    /// errors   not_found: nobody came in that conversation · exhausted: files_max · those of
    ///          casework::check_part
    /// threads  engine
    Result<void> attach(store::Draft& draft, const std::string& instance, ByteView conversation,
                        ByteView file, const casework::ContactFilePart& part, Time now);

    /// Those of a contact, in the order of their coming. threads  any
    Result<std::vector<casework::ContactFile>> list(store::Snapshot& from, const ContactId& id);

    struct Part {
        casework::ContactFile file;
        Bytes bytes;
    };
    /// errors  not_found: file or part. threads  any
    Result<Part> read(store::Snapshot& from, const ContactId& id,
                      const casework::ContactFileId& file, std::uint32_t part);

    explicit ContactFiles(Parts parts) : parts_(parts) {}

private:
    Result<std::optional<casework::ContactFile>> find(store::Snapshot& from, const ContactId& id,
                                                      const casework::ContactFileId& file);

    Parts parts_;
    store::SealedTable files_;  // contact, file -> ContactFileRecord
    store::SealedTable bytes_;  // contact, file, part -> its bytes
};

}  // namespace sanad::api
