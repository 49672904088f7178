#include "core/casework/contact_file.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "core/casework/media.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::casework {
namespace {

// type "/" subtype, and parameters behind it; RFC 9110, section 8.3.1.
std::string type_of(std::string_view media_type) {
    std::string type(media_type.substr(0, media_type.find('/')));
    std::ranges::transform(type, type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return type;
}

Result<void> check_first(const ContactFilePart& part) {
    if (!part.last && part.bytes.size() < file_first_part_bytes_min)
        return fail(Fault::bad_size, "first part");
    if (!part.name.empty())
        if (const auto name = check_label(part.name, file_name_bytes_max); !name) return name;
    if (const auto type = check_label(part.media_type, media_type_bytes_max); !type) return type;
    if (part.media_type.find('/') == std::string::npos) return fail(Fault::malformed, "media type");
    const std::string type = type_of(part.media_type);
    const Media media = media_of(part.bytes);
    if (type == "image" || type == "video" || media == Media::image || media == Media::video)
        return fail(Fault::denied, "media_refused");
    return {};
}

}  // namespace

Result<void> check_part(const ContactFile& file, const ContactFilePart& part) {
    if (part.bytes.size() > file_part_bytes_max || (part.bytes.empty() && !part.last))
        return fail(Fault::bad_size, "part");
    if (file.whole || part.index != file.parts) return fail(Fault::conflict, "part");
    if (file.bytes + part.bytes.size() > file_bytes_max) return fail(Fault::exhausted, "file");
    return part.index == 0 ? check_first(part) : Result<void>();
}

Bytes write_record(const ContactFile& file) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ContactFileRecord>();
    out.setNumber(file.number);
    out.setName(to_text(file.name));
    out.setMediaType(to_text(file.media_type));
    out.setBytes(file.bytes);
    out.setParts(file.parts);
    out.setWhole(file.whole);
    out.setAtMs(file.at.ms);
    out.setId(to_data(file.id));
    return flatten(builder);
}

Result<ContactFile> read_contact_file(ByteView bytes) {
    return read_message<schema::ContactFileRecord>(bytes, [](auto in) -> Result<ContactFile> {
        ContactFile file;
        const auto id = in.getId();
        if (id.size() != file.id.size()) return fail(Fault::malformed, "file");
        std::ranges::copy(id, file.id.begin());
        file.number = in.getNumber();
        file.name = from_text(in.getName());
        file.media_type = from_text(in.getMediaType());
        file.bytes = in.getBytes();
        file.parts = in.getParts();
        file.whole = in.getWhole();
        file.at = {in.getAtMs()};
        return file;
    });
}

}  // namespace sanad::casework
